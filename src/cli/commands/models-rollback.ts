import { defineCommand } from '../command.ts'
import { printResult } from '../context.ts'
import { actorOf, actorOption } from '../models/actor.ts'
import { deliverEvents } from '../models/deliver-events.ts'
import { withRegistry } from '../models/with-registry.ts'

export const modelsRollbackCommand = defineCommand({
  arguments: { alias: { description: 'The alias. Default: production.' } },
  options: {
    name: {
      type: 'string',
      description: 'Name of the model. Default: registry.name of the configuration.',
    },
    expect: {
      type: 'integer',
      description: 'Only if the alias has this revision.',
      placeholder: 'REVISION',
    },
    reason: { type: 'string', description: 'Why, for the history.' },
    actor: actorOption,
  },
  overrides: false,
  examples: [
    { command: 'atelier models rollback', does: 'Production as it was before its last move.' },
    {
      command: `atelier models rollback staging --name shoes --reason 'too slow'`,
      does: 'Another alias of another model.',
    },
  ],
  async run(context, { arguments: { alias = 'production' }, options }) {
    await withRegistry(context, async ({ registry, config }) => {
      const name = options.name ?? config.registry.name
      const actor = await actorOf(context.cwd, options.actor)
      const { expect: expected, reason } = options
      const moved = await registry.rollback({ name, alias, expected, actor, reason })
      await deliverEvents(context, registry)
      const further =
        moved.previous === null ? '' : ` One more step back would be version ${moved.previous}.`
      printResult(
        context,
        { name, ...moved },
        () =>
          `${name}@${alias} points to version ${moved.version} again (revision ${moved.revision}).${further}`,
      )
    })
  },
})
