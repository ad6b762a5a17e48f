import type { ParameterValue } from '../definition/distribution.ts'
import type { SweepFile, SweepGoal, SweepParameter } from '../definition/sweep-file.ts'
import { paramAt } from '../sampling/trial-params.ts'
import type { TrialSummary } from '../trial-summary.ts'

/** What figures and importance are made of. */
export interface SweepResults {
  readonly parameters: SweepFile['parameters']
  readonly metric: { readonly name: string; readonly goal: SweepGoal }
  readonly trials: readonly Pick<
    TrialSummary,
    'trial' | 'params' | 'status' | 'metric' | 'deviation'
  >[]
}

/** A trial that can be compared: it is complete, and has a value. */
export interface ScoredTrial {
  readonly trial: number
  readonly metric: number
  /** Over its seeds; null for one. */
  readonly deviation: number | null
  /** Of each of `variedParameters`. */
  readonly values: readonly ParameterValue[]
}

/** Parameters with more than one value to choose from. */
export function variedParameters({ parameters }: Pick<SweepResults, 'parameters'>) {
  return parameters.filter(
    ({ distribution }) =>
      distribution.type !== 'constant' &&
      !('values' in distribution && distribution.values.length === 1),
  )
}

export function scoredTrials(results: SweepResults): ScoredTrial[] {
  const parameters = variedParameters(results)
  return results.trials.flatMap(({ trial, params, status, metric, deviation }) => {
    if (status !== 'completed' || metric === null || !Number.isFinite(metric)) return []
    const values = parameters.map(({ path }) => paramAt(params, path) ?? null)
    return [{ trial, metric, deviation, values }]
  })
}

/** As it is shown: `learning_rate`, `model.type`. */
export const parameterName = ({ path }: Pick<SweepParameter, 'path'>) =>
  path.join('.').replace(/^hyperparameters\./, '')
