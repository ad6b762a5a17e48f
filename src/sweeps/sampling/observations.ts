import type { Impute, SweepFile, SweepMetric } from '../definition/sweep-file.ts'
import type { Points } from '../statistics/gaussian-process.ts'
import { positionOf } from './position.ts'
import type { Trial } from './trial.ts'
import { paramAt } from './trial-params.ts'

/** What trials tell a search that minimizes. */
export interface Observations {
  /** Trials that have a value, or were given one, by the positions of their parameters. */
  readonly points: Points
  readonly values: readonly number[]
  /** Trials whose value is still to come. */
  readonly running: Points
}

/** A failed trial without a value, where it is not to get the worst. */
const NOTHING = 0

/** The trials of a bayes search. Positions run from 0 to 1; constants have none. */
export function observe(
  { parameters }: Pick<SweepFile, 'parameters'>,
  metric: SweepMetric,
  trials: readonly Trial[],
): Observations {
  const varied = parameters.filter(({ distribution }) => distribution.type !== 'constant')
  const sign = metric.goal === 'maximize' ? -1 : 1
  const worst = worstValue(metric, trials)
  const observed = trials.map((trial) => {
    const point = varied.map(({ path, distribution }) =>
      positionOf(distribution, paramAt(trial.params, path)),
    )
    const value = valueOfTrial(trial, metric, worst)
    return { point, value: value === undefined ? undefined : sign * value }
  })
  const known = observed.filter(({ point }) => point.every(Number.isFinite))
  const done = known.flatMap(({ point, value }) => (value === undefined ? [] : [{ point, value }]))
  return {
    points: done.map(({ point }) => point),
    values: done.map(({ value }) => value),
    running: known.flatMap(({ point, value }) => (value === undefined ? [point] : [])),
  }
}

/** Undefined: it runs, and the model is to say. */
function valueOfTrial(trial: Trial, metric: SweepMetric, worst: number): number | undefined {
  const { state } = trial
  const best = bestOf(valuesOf(trial), metric)
  if (state === 'finished') return best ?? (metric.impute === 'worst' ? worst : NOTHING)
  if (state === 'failed') return imputed(trial, metric.impute, best, worst)
  const { imputeWhileRunning } = metric
  if (state === 'pending' || imputeWhileRunning === undefined) return undefined
  return best ?? (imputeWhileRunning === 'worst' ? worst : NOTHING)
}

function imputed(trial: Trial, impute: Impute, best: number | undefined, worst: number): number {
  if (impute === 'worst') return worst
  if (impute === 'best') return best ?? NOTHING
  return trial.history.filter(Number.isFinite).at(-1) ?? NOTHING
}

/** The worst that any trial that has ended ever logged. */
function worstValue({ goal }: SweepMetric, trials: readonly Trial[]): number {
  const ended = trials.filter(({ state }) => state === 'finished' || state === 'failed')
  const values = ended.flatMap(valuesOf)
  if (values.length === 0) return NOTHING
  return values.reduce((a, b) => (goal === 'maximize' ? Math.min(a, b) : Math.max(a, b)))
}

function bestOf(values: readonly number[], { goal }: SweepMetric): number | undefined {
  if (values.length === 0) return undefined
  return values.reduce((a, b) => (goal === 'maximize' ? Math.max(a, b) : Math.min(a, b)))
}

const valuesOf = ({ history, summary }: Trial) =>
  [...history, summary ?? NaN].filter(Number.isFinite)
