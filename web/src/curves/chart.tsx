import { useEffect, useMemo, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Axis } from '../search.ts'
import { useTheme } from '../shared/theme.ts'
import { type ChartOptions, chartData } from './chart-data.ts'
import { plotOptions } from './chart-options.ts'
import type { Curve } from './curve.ts'
import { PALETTE } from './palette.ts'

interface ChartProps extends ChartOptions {
  readonly title: string
  readonly curves: readonly Curve[]
  readonly axis: Axis
  /** Whether the lines are named; not where the page names them once for all charts. */
  readonly legend?: boolean
}

/** Curves on a canvas. Dragging zooms in, a double click shows all again; new points keep the zoom. */
export function Chart({ title, curves, axis, smooth, log, legend = false }: ChartProps) {
  const theme = useTheme()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  const data = useMemo(() => chartData(layered(curves), { smooth, log }), [curves, smooth, log])
  const latest = useRef(data)
  latest.current = data
  // the plot is made anew only when its lines are others
  const lines = curves.map(({ label, color, marked }) => `${label} ${color} ${marked}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `lines` says what matters of `curves`; the theme changes colours read from the style sheet
  useEffect(() => {
    const element = place.current!
    const options = plotOptions({ element, curves: layered(curves), axis, smooth, log })
    const made = new uPlot(options, latest.current, element)
    plot.current = made
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: options.height }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
    }
  }, [lines, axis, smooth, log, theme])
  useEffect(() => {
    const made = plot.current!
    if (made.data === data) return
    // asked once: the scales follow the new data only later
    const zoomed = isZoomed(made)
    made.setData(data, !zoomed)
    if (zoomed) made.redraw()
  }, [data])
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{title}</span>
        {legend && <Legend curves={curves} />}
        {log && <span className="faint">log scale</span>}
      </figcaption>
      <div ref={place} className="chart-plot" role="img" aria-label={describe(title, curves)} />
    </figure>
  )
}

/** What is drawn later lies above: the first curve, the one that matters, comes last. */
function layered(curves: readonly Curve[]): Curve[] {
  return curves.toReversed()
}

function Legend({ curves }: { readonly curves: readonly Curve[] }) {
  return (
    <span className="legend">
      {curves.map(({ label, color }) => (
        <span key={label}>
          <i className={`line-${color % PALETTE}`} />
          {label}
        </span>
      ))}
    </span>
  )
}

function isZoomed(plot: uPlot): boolean {
  const { min, max } = plot.scales['x']!
  const xs = plot.data[0]
  if (min == null || max == null || xs.length < 2) return false
  return min > xs[0]! || max < xs.at(-1)!
}

/** What a screen reader says: the last value of each line. */
function describe(title: string, curves: readonly Curve[]): string {
  const ends = curves.map(({ label, values }) => {
    const last = values.findLast((value) => value !== null)
    return `${label} ${last === undefined ? 'no points' : `ends at ${last}`}`
  })
  return `${title}: ${ends.join(', ')}`
}
