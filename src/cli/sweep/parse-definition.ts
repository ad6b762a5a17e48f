import {
  type AliasedSweep,
  applyAliases,
  createSampler,
  expandCommand,
  gridSize,
  isTargetReached,
  paramsToOverrides,
  parseSweep,
  readDefinition,
  type Sweep,
  type SweepTrial,
  trialsToStop,
} from '../../sweeps/index.ts'
import { canonicalMetric } from '../../tracking/index.ts'
import type { CommandContext, Environment } from '../context.ts'
import type { SweepDefinition } from './definition.ts'
import { attemptsForSampler, trialForSampler } from './sampler-trials.ts'

interface ParseOptions {
  /** For messages. */
  readonly path: string
  readonly strict: boolean
  /** Of the choice of parameters. */
  readonly seed: number
  readonly env: Environment
}

/** Reads a sweep file. Throws CONFIG_SYNTAX, SWEEP_INVALID, SWEEP_TEST_METRIC. */
export function parseDefinition(text: string, options: ParseOptions): SweepDefinition {
  const aliased = applyAliases(parseSweep(text, options.path), options)
  const { sweep, isOwnTraining, warnings } = aliased
  const sampler = createSampler(sweep, options.seed)
  return {
    name: sweep.name,
    method: sweep.method,
    parameters: sweep.parameters,
    metric: sweep.metric === undefined ? undefined : canonicalMetric(sweep.metric.name),
    goal: sweep.metric?.goal ?? 'minimize',
    repeats: sweep.repeats,
    total: totalOf(aliased),
    warnings,
    next: (trials) => {
      const seen = trials.map(trialForSampler)
      return isTargetReached(sweep, seen) ? 'done' : (sampler.next(seen) ?? 'done')
    },
    hopeless: (trials: readonly SweepTrial[]) => {
      const attempts = attemptsForSampler(trials)
      const stopped = trialsToStop(
        sweep,
        attempts.map(({ seen }) => seen),
      )
      return [...new Set(stopped.map((at) => attempts[at]!.trial))]
    },
    foreign: isOwnTraining
      ? undefined
      : {
          commandOf: (params, paramsFile) =>
            expandCommand(sweep, params, { env: options.env, paramsFile }),
        },
    overridesOf: paramsToOverrides,
  }
}

function totalOf({ sweep }: AliasedSweep): number | undefined {
  if (sweep.method !== 'grid') return sweep.runCap
  return Math.min(sweep.runCap ?? Number.POSITIVE_INFINITY, gridSize(sweep))
}

/** The sweep file that a sweep keeps, read as at its start. */
export async function definitionOf(
  { env }: Pick<CommandContext, 'env'>,
  sweep: Sweep,
): Promise<SweepDefinition> {
  const { strict, seed } = sweep.state.request
  const text = Buffer.from(await readDefinition(sweep)).toString('utf8')
  return parseDefinition(text, { path: sweep.files.definition, strict, seed, env })
}
