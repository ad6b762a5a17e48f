import type { SweepParameter, SweepTrial, TrialParams } from '../../sweeps/index.ts'

/** A sweep file, read. */
export interface SweepDefinition {
  readonly name: string | undefined
  readonly method: string
  /** With the configuration's own names. */
  readonly parameters: readonly SweepParameter[]
  /** Canonical; undefined where the file names none. */
  readonly metric: string | undefined
  readonly goal: 'minimize' | 'maximize'
  readonly repeats: number
  /** How many trials there will be; undefined where nobody knows. */
  readonly total: number | undefined
  /** What was read otherwise than it is written. */
  readonly warnings: readonly string[]
  next(trials: readonly SweepTrial[]): TrialParams | 'wait' | 'done'
  /** Trials that run and are not worth going on with. */
  hopeless(trials: readonly SweepTrial[]): readonly number[]
  /** Undefined: the trials are `atelier train` with `overridesOf(params)`. */
  readonly foreign:
    | {
        /** Program and arguments of a trial; `paramsFile` holds the parameters as JSON. */
        commandOf(params: TrialParams, paramsFile: string): readonly string[]
      }
    | undefined
  overridesOf(params: TrialParams): readonly string[]
}
