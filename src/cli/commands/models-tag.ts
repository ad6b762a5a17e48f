import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { actorOf, actorOption } from '../models/actor.ts'
import { parseReference, REFERENCE } from '../models/model-reference.ts'
import { splitWords } from '../models/split-words.ts'
import { withRegistry } from '../models/with-registry.ts'

export const modelsTagCommand = defineCommand({
  arguments: {
    model: { description: REFERENCE, required: true },
    tags: { description: 'To add, with commas or blanks between.', variadic: true },
  },
  options: {
    remove: {
      type: 'string',
      description: 'To take away, with commas between.',
      short: 'r',
      placeholder: 'TAGS',
    },
    description: { type: 'string', description: 'A new description.', short: 'd' },
    actor: actorOption,
  },
  overrides: false,
  examples: [
    { command: 'atelier models tag 3 reviewed,summer', does: 'Adds two tags.' },
    { command: `atelier models tag 3 -r summer -d 'Knows boots.'`, does: 'Describes it anew.' },
  ],
  async run(context, { arguments: { model, tags: words }, options }) {
    await withRegistry(context, async ({ registry, config }) => {
      const old = await registry.version(parseReference(model, config.registry.name))
      const removed = splitWords(options.remove ?? '')
      const tags = [...old.tags, ...words.flatMap(splitWords)].filter((t) => !removed.includes(t))
      const { name, version } = old
      const actor = await actorOf(context.cwd, options.actor)
      const { description } = options
      const now = await registry.describe({ name, version, tags, description, actor })
      const value = { name, version, tags: now.tags, description: now.description }
      printResult(context, value, () =>
        [`${name} version ${version}: ${now.tags.join(', ') || 'no tags'}`, now.description].join(
          '\n',
        ),
      )
    })
  },
})
