import { modelCardMarkdown } from '../../registry/index.ts'
import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { parseReference, REFERENCE } from '../models/model-reference.ts'
import { versionText } from '../models/version-text.ts'
import { withRegistry } from '../models/with-registry.ts'

export const modelsShowCommand = defineCommand({
  arguments: { model: { description: `${REFERENCE} The newest when left out.` } },
  options: {
    card: { type: 'boolean', description: 'Print its model card, as Markdown.' },
  },
  overrides: false,
  examples: [
    { command: 'atelier models show', does: 'The newest version.' },
    { command: 'atelier models show @production', does: 'What production points to.' },
    { command: 'atelier models show classifier/3', does: 'A version of a model by name.' },
  ],
  async run(context, { arguments: { model }, options: { card } }) {
    await withRegistry(context, async ({ registry, config }) => {
      const { name } = config.registry
      const version = await registry.version(parseReference(model ?? name, name))
      const { aliases } = await registry.model(version.name)
      const pointing = aliases.filter((alias) => alias.version === version.version)
      printResult(context, { ...version, aliases: pointing }, () =>
        card ? modelCardMarkdown(version) : versionText(version, aliases, context.clock.now()),
      )
    })
  },
})
