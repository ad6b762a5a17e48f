import uPlot from 'uplot'
import type { Curve } from './curve.ts'
import { smoothValues } from './smooth.ts'

export interface ChartOptions {
  readonly smooth: number
  readonly log: boolean
}

/**
 * The curves on one x axis, as uPlot wants them: xs, then for each curve its line and, where it is
 * smoothed, its raw values.
 */
export function chartData(curves: readonly Curve[], { smooth, log }: ChartOptions) {
  const tables = curves.map((curve): uPlot.AlignedData => {
    const { xs, values } = singleX(curve)
    // a logarithmic axis has no place for these
    const drawn = log ? values.map((y) => (y !== null && y > 0 ? y : null)) : values
    const line = smoothValues(xs, drawn, smooth)
    return isSmoothed(curve, smooth) ? [xs, line, drawn] : [xs, drawn]
  })
  if (tables.length === 0) return [[]] as uPlot.AlignedData
  // holes between the points of a sparse curve are no gaps in it
  return uPlot.join(
    tables,
    tables.map((table) => table.slice(1).map(() => 0)),
  )
}

/** Few points are drawn as they are: smoothing would only move them. */
export function isSmoothed(curve: Curve, smooth: number): boolean {
  return smooth > 0 && !curve.marked
}

/** uPlot wants x to grow: points at one x are moved apart by next to nothing, in their order. */
function singleX({ xs, values }: Curve): { xs: number[]; values: (number | null)[] } {
  const range = (xs.at(-1) ?? 0) - (xs[0] ?? 0)
  const gap = Math.max(range, 1) * 1e-9
  const moved: number[] = []
  for (const x of xs) moved.push(Math.max(x, (moved.at(-1) ?? Number.NEGATIVE_INFINITY) + gap))
  return { xs: moved, values: [...values] }
}
