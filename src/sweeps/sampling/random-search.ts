import type { SweepFile } from '../definition/sweep-file.ts'
import { quantileOf } from './quantile.ts'
import type { TrialParams } from './trial.ts'
import { nestParams } from './trial-params.ts'

/** Uniform in (0, 1). */
export type Draw = () => number

/** A value of each parameter, each from a draw of its own. */
export function randomPoint(
  { parameters }: Pick<SweepFile, 'parameters'>,
  draw: Draw,
): TrialParams {
  return nestParams(
    parameters.map(({ path, distribution }) => [path, quantileOf(distribution, draw())] as const),
  )
}
