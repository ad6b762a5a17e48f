import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { actorOf, actorOption } from '../models/actor.ts'
import { deliverEvents } from '../models/deliver-events.ts'
import { parseReference, REFERENCE } from '../models/model-reference.ts'
import { withRegistry } from '../models/with-registry.ts'

export const modelsAliasCommand = defineCommand({
  arguments: {
    model: { description: REFERENCE, required: true },
    alias: { description: 'Name of the alias.', required: true },
  },
  options: {
    remove: { type: 'boolean', description: 'Take the alias away instead.' },
    expect: {
      type: 'integer',
      description: 'Only if the alias has this revision; 0: if it points to nothing.',
      placeholder: 'REVISION',
    },
    reason: { type: 'string', description: 'Why, for the history.' },
    actor: actorOption,
  },
  overrides: false,
  examples: [
    { command: 'atelier models alias 3 staging', does: 'Points staging to version 3.' },
    { command: 'atelier models alias shoes@staging shadow', does: 'To what staging points to.' },
    { command: 'atelier models alias shoes shadow --remove', does: 'Takes an alias away.' },
  ],
  async run(context, { arguments: { model, alias }, options }) {
    await withRegistry(context, async ({ registry, config }) => {
      const reference = parseReference(model, config.registry.name)
      const actor = await actorOf(context.cwd, options.actor)
      const { expect: expected, reason } = options
      const change = { name: reference.name, alias, expected, actor, reason }
      if (options.remove) {
        await registry.removeAlias(change)
        printResult(
          context,
          { name: reference.name, alias, version: null },
          () => `${reference.name}@${alias} points to nothing now.`,
        )
        return
      }
      const { version } = await registry.version(reference)
      const moved = await registry.setAlias({ ...change, version })
      await deliverEvents(context, registry)
      printResult(
        context,
        { name: reference.name, ...moved },
        () =>
          `${reference.name}@${alias} points to version ${moved.version} (revision ${moved.revision}).`,
      )
    })
  },
})
