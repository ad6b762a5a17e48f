import type { TrialParams } from './sampling/trial.ts'
import type { SweepTrial } from './sweep-state.ts'

export type TrialStatus = 'waiting' | 'running' | 'completed' | 'failed' | 'pruned'

/** A trial over its seeds. */
export interface TrialSummary {
  readonly trial: number
  readonly params: TrialParams
  readonly status: TrialStatus
  /** Mean of the seeds that are complete; null while there is none, or where none logged a value. */
  readonly metric: number | null
  /** Standard deviation over the seeds, n − 1 in the denominator; null for fewer than two. */
  readonly deviation: number | null
  /** Complete seeds. */
  readonly repeats: number
  readonly runs: readonly string[]
  /** Every seed was found among earlier runs. */
  readonly reused: boolean
  readonly seconds: number
  readonly error: string | null
}

export function summarizeTrial({ trial, params, attempts }: SweepTrial): TrialSummary {
  const done = attempts.filter(({ status }) => status === 'completed')
  const values = done.flatMap(({ metric }) => (metric === null ? [] : [metric]))
  const failure = attempts.find(({ status }) => status === 'failed')
  return {
    trial,
    params,
    status: statusOf({ trial, params, attempts }),
    metric: values.length === 0 ? null : mean(values),
    deviation: deviation(values),
    repeats: done.length,
    runs: attempts.flatMap(({ run }) => (run === null ? [] : [run])),
    reused: done.length > 0 && done.every(({ reused }) => reused),
    seconds: attempts.reduce((sum, attempt) => sum + (attempt.reused ? 0 : attempt.seconds), 0),
    error: failure?.error?.message ?? null,
  }
}

/** One seed that fails or is pruned decides for all: such parameters are not to be chosen. */
function statusOf({ attempts }: SweepTrial): TrialStatus {
  const has = (status: string) => attempts.some((attempt) => attempt.status === status)
  if (has('running')) return 'running'
  if (has('failed')) return 'failed'
  if (has('pruned')) return 'pruned'
  return attempts.every(({ status }) => status === 'completed') ? 'completed' : 'waiting'
}

/** Complete trials with a metric, best first; of equals, the earlier. */
export function rankTrials(
  trials: readonly TrialSummary[],
  goal: 'minimize' | 'maximize',
): readonly (TrialSummary & { readonly metric: number })[] {
  const sign = goal === 'minimize' ? 1 : -1
  return trials
    .flatMap((trial) =>
      trial.status === 'completed' && trial.metric !== null && Number.isFinite(trial.metric)
        ? [{ ...trial, metric: trial.metric }]
        : [],
    )
    .sort((a, b) => sign * (a.metric - b.metric) || a.trial - b.trial)
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null
  const center = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
