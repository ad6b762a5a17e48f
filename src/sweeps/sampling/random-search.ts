import type { SweepFile } from '../definition/sweep-file.ts'
import { quantileOf } from './quantile.ts'
import type { TrialParams } from './trial.ts'
import { nestParams } from './trial-params.ts'

/** A value of each parameter, each from a draw of its own. `draw` is uniform in (0, 1). */
export function randomPoint(
  { parameters }: Pick<SweepFile, 'parameters'>,
  draw: () => number,
): TrialParams {
  return nestParams(
    parameters.map(({ path, distribution }) => [path, quantileOf(distribution, draw())] as const),
  )
}
