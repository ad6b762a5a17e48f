import type { UiSeries } from '../../../src/contracts/index.ts'
import type { Axis } from '../search.ts'

/** A line of a chart. */
export interface Curve {
  readonly label: string
  /** Number of a palette colour, from 0. */
  readonly color: number
  readonly xs: readonly number[]
  readonly values: readonly (number | null)[]
  /** A few points that each stand for a whole epoch are marked; a dense line is not. */
  readonly marked: boolean
  /** Noisy ones stay behind the others. */
  readonly quiet: boolean
}

const MOST_MARKED = 60

/** Over steps, or over seconds since `start` (ms). */
export function curveOf(
  series: UiSeries,
  { label, color, axis, start }: { label: string; color: number; axis: Axis; start: number },
): Curve {
  const xs = axis === 'step' ? series.steps : series.times.map((time) => (time - start) / 1000)
  const { values, count, metric } = series
  const quiet = metric.startsWith('batch.')
  return { label, color, xs, values, marked: count <= MOST_MARKED && !quiet, quiet }
}
