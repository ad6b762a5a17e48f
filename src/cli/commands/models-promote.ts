import type { ModelVersion } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { defineCommand } from '../command.ts'
import { type CommandContext, printResult } from '../context.ts'
import { actorOf, actorOption } from '../models/actor.ts'
import { deliverEvents } from '../models/deliver-events.ts'
import { findCandidate } from '../models/find-candidate.ts'
import { gateText } from '../models/gate-text.ts'
import { type Judgement, judgeVersion } from '../models/judge-version.ts'
import { type OpenRegistry, withRegistry } from '../models/with-registry.ts'

export const modelsPromoteCommand = defineCommand({
  arguments: {
    model: {
      description:
        'A version (3, NAME/3, @staging, models:/…), or a run. The newest version when left out.',
    },
  },
  options: {
    alias: {
      type: 'string',
      description: 'What the version shall become.',
      short: 'a',
      default: 'production',
    },
    name: { type: 'string', description: 'Name of the model, where MODEL does not say it.' },
    expect: {
      type: 'integer',
      description: 'Only if the alias has this revision; 0: if it points to nothing.',
      placeholder: 'REVISION',
    },
    dryRun: { type: 'boolean', description: 'Judge, and move nothing.', short: 'n' },
    force: { type: 'boolean', description: 'Move the alias though the gate refuses.', short: 'f' },
    reason: { type: 'string', description: 'Why, for the history; --force wants one.' },
    actor: actorOption,
  },
  overrides: true,
  examples: [
    { command: 'atelier models promote', does: 'Judge the newest version against production.' },
    { command: 'atelier models promote 3 --alias staging', does: 'A version, another alias.' },
    { command: 'atelier models promote quiet-otter gate.max_ece=0.05', does: 'A run, stricter.' },
    {
      command: `atelier models promote 3 --force --reason 'the old one leaks'`,
      does: 'Past the gate, on record.',
    },
  ],
  async run(context, { arguments: { model: word }, options, overrides }) {
    requireReason(options)
    const { alias } = options
    await withRegistry(
      context,
      async (open) => {
        const actor = await actorOf(context.cwd, options.actor)
        const name = options.name ?? open.config.registry.name
        const version = await findCandidate(context, open, word, { name, actor })
        const ownData = !overrides.some((override) => /^[+~]*data[.=]/.test(override))
        try {
          const judgement = await judgeVersion(context, open, version, { alias, ownData })
          await decide(context, open, version, judgement, { ...options, actor })
        } finally {
          // a refused candidate may have been registered just now
          await deliverEvents(context, open.registry)
        }
      },
      overrides,
    )
  },
})

function requireReason({ force, reason }: { force: boolean; reason: string | undefined }): void {
  if (!force || reason !== undefined) return
  throw new AtelierError('USAGE', '--force wants a reason.', {
    hint: `Say why with --reason 'TEXT': it stays in the history.`,
  })
}

interface Decision {
  readonly alias: string
  readonly actor: string
  readonly expect: number | undefined
  readonly dryRun: boolean
  readonly force: boolean
  readonly reason: string | undefined
}

async function decide(
  context: CommandContext,
  { registry }: OpenRegistry,
  { name, version }: ModelVersion,
  { verdict, pointer }: Judgement,
  { alias, actor, expect, dryRun, force, reason }: Decision,
): Promise<void> {
  const show = (moved: object | null, text: string) =>
    printResult(context, { name, version, alias: moved, verdict }, () =>
      [gateText(verdict), text].filter((part) => part !== '').join('\n\n'),
    )
  if (dryRun) {
    show(null, verdict.passed ? 'The gate lets it pass. Nothing was moved.' : '')
    if (!verdict.passed) throw refusal(name, version, alias)
    return
  }
  const expected = expect ?? pointer?.revision ?? 0
  const promotion = { name, alias, version, expected, actor, reason, verdict, force }
  try {
    const moved = await registry.promote(promotion)
    const was = pointer === undefined ? '' : `, before: version ${pointer.version}`
    const forced = verdict.passed ? '' : ' The gate was overruled.'
    show(
      moved,
      pointer?.version === version
        ? `${name}@${alias} points to version ${version} already.`
        : `${name}@${alias} points to version ${version} now (revision ${moved.revision}${was}).${forced}`,
    )
  } catch (error) {
    if (error instanceof AtelierError && error.code === 'GATE_REFUSED') show(null, '')
    throw error
  }
}

const refusal = (name: string, version: number, alias: string) =>
  new AtelierError('GATE_REFUSED', `${name} version ${version} would not become ${alias}.`)
