import type { ParameterValue } from '../definition/distribution.ts'

/** The parameters of a trial, nested as in the sweep file. */
export type TrialParams = { readonly [name: string]: ParameterValue }

/**
 * A trial as the samplers see it. One that was stopped early counts as `finished`: its values are real
 * ones. `failed` has none that count.
 */
export interface Trial {
  readonly params: TrialParams
  readonly state: 'pending' | 'running' | 'finished' | 'failed'
  /** Every value of the metric that was logged, in order. */
  readonly history: readonly number[]
  /** Of the run as a whole, if it has one that may differ from the history's. */
  readonly summary?: number | null
}
