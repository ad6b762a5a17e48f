import type { Distribution } from './distribution.ts'

export type SweepMethod = 'grid' | 'random' | 'bayes'
export type SweepGoal = 'minimize' | 'maximize'
/** The value that a run gets in bayes search when it has none of its own. */
export type Impute = 'worst' | 'best' | 'latest'

export interface SweepMetric {
  readonly name: string
  readonly goal: SweepGoal
  /** The sweep is over once a trial's metric is this good. */
  readonly target: number | undefined
  readonly impute: Impute
  /** For trials that run; undefined: they get what the model of the metric predicts. */
  readonly imputeWhileRunning: Impute | undefined
}

/** Stops trials at fixed counts of logged metric values, unless they are among the best 1/eta. */
export interface Hyperband {
  readonly type: 'hyperband'
  readonly minIter: number | undefined
  readonly maxIter: number | undefined
  readonly s: number | undefined
  readonly eta: number
  readonly strict: boolean
}

/** One parameter. Those of a nested file are here without their nest, which is their path. */
export interface SweepParameter {
  readonly path: readonly string[]
  readonly distribution: Distribution
  /** Where it stands in the file, from 1. */
  readonly line: number
}

/** A sweep file, checked, with the defaults filled in. */
export interface SweepFile {
  /** As shown in messages. */
  readonly path: string
  readonly method: SweepMethod
  readonly metric: SweepMetric | undefined
  /** In the order in which they are drawn: sorted by name, level by level. */
  readonly parameters: readonly SweepParameter[]
  readonly earlyTerminate: Hyperband | undefined
  readonly runCap: number | undefined
  /** Seeds per trial; 1 unless the file says `repeats`, which only Atelier reads. */
  readonly repeats: number
  readonly program: string | undefined
  /** With its macros, as given; see `expandCommand`. */
  readonly command: readonly string[] | undefined
  readonly name: string | undefined
  readonly description: string | undefined
  readonly project: string | undefined
  readonly entity: string | undefined
  /** What to tell the user: keys that have no effect here, and likely mistakes. */
  readonly warnings: readonly string[]
}
