import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ProjectConfig } from '../../contracts/index.ts'
import { requireFreeAlias } from '../../registry/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { actorOf, actorOption } from '../models/actor.ts'
import { deliverEvents } from '../models/deliver-events.ts'
import { registerModel } from '../models/register-model.ts'
import { splitWords } from '../models/split-words.ts'
import { versionText } from '../models/version-text.ts'
import { type OpenRegistry, withRegistry } from '../models/with-registry.ts'
import { resendRun } from '../track-training.ts'

export const modelsRegisterCommand = defineCommand({
  arguments: {
    model: { description: 'A run or a model.onnx. The newest completed run when left out.' },
  },
  options: {
    name: {
      type: 'string',
      description: 'Name of the model. Default: registry.name of the configuration.',
    },
    alias: {
      type: 'string',
      description: 'Aliases that shall point to the version, with commas between.',
      short: 'a',
      placeholder: 'ALIASES',
    },
    tag: {
      type: 'string',
      description: 'Tags, with commas between.',
      short: 't',
      placeholder: 'TAGS',
    },
    description: { type: 'string', description: 'What there is to say about it.', short: 'd' },
    actor: actorOption,
  },
  overrides: true,
  examples: [
    { command: 'atelier models register', does: 'The newest completed run.' },
    {
      command: 'atelier models register quiet-otter --name shoes --alias staging',
      does: 'A run, under a name, for a trial.',
    },
    { command: 'atelier models register models/model.onnx', does: 'A file.' },
  ],
  async run(context, { arguments: { model: query }, options, overrides }) {
    const register = async (open: OpenRegistry) => {
      const { registry, config } = open
      const name = options.name ?? config.registry.name
      const wanted = splitWords(options.alias ?? '')
      for (const alias of wanted) requireFreeAlias(alias, config.registry.protected_aliases)
      const actor = await actorOf(context.cwd, options.actor)
      const { description } = options
      const tags = options.tag === undefined ? undefined : splitWords(options.tag)
      const made = await registerModel(context, open, { query, name, actor, description, tags })
      const { version } = made.version
      for (const alias of wanted) {
        await registry.setAlias({ name, alias, version, actor })
      }
      await deliverEvents(context, registry)
      await registerElsewhere(context, config, made.version.lineage.manifest.run_id, wanted)
      const { aliases } = await registry.model(name)
      const pointing = aliases.filter((alias) => alias.version === version)
      printResult(context, { ...made.version, is_new: made.isNew, aliases: pointing }, () =>
        [
          made.isNew
            ? `Registered ${name} version ${version}.`
            : `These bytes are ${name} version ${version} already.`,
          versionText(made.version, aliases, context.clock.now()),
          `Judge it against production and move the alias: atelier models promote ${name}/${version}`,
        ].join('\n\n'),
      )
    }
    await withRegistry(context, register, overrides)
  },
})

/** At MLflow too, where the run went there and the configuration names a registered model. */
async function registerElsewhere(
  context: CommandContext,
  config: ProjectConfig,
  runId: string,
  aliases: readonly string[],
): Promise<void> {
  const { register, alias } = config.tracking.mlflow
  if (register === null) return
  const folder = resolve(context.cwd, config.paths.runs, runId)
  const registration = { register, alias: aliases[0] ?? alias }
  if (existsSync(folder)) await resendRun(context, { folder }, config, registration)
}
