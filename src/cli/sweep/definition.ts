import type { SweepTrial } from '../../sweeps/index.ts'

type Params = Readonly<Record<string, unknown>>

/** A sweep file, read. */
export interface SweepDefinition {
  readonly name: string | undefined
  readonly method: string
  /** Canonical; undefined where the file names none. */
  readonly metric: string | undefined
  readonly goal: 'minimize' | 'maximize'
  readonly repeats: number | undefined
  /** How many trials there will be; undefined where nobody knows. */
  readonly total: number | undefined
  /** What was read otherwise than it is written. */
  readonly warnings: readonly string[]
  next(trials: readonly SweepTrial[]): Params | 'wait' | 'done'
  /** Trials that run and are not worth going on with. */
  hopeless(trials: readonly SweepTrial[]): readonly number[]
  /** Undefined: the trials are `atelier train` with `overridesOf(params)`. */
  readonly foreign:
    | {
        /** Program and arguments of a trial; `jsonFile` may be written for them. */
        commandOf(params: Params, jsonFile: string): Promise<readonly string[]>
      }
    | undefined
  /** Throws for a parameter that is none of the configuration's keys. */
  overridesOf(params: Params): readonly string[]
}
