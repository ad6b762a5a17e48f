import type uPlot from 'uplot'
import type { Axis } from '../search.ts'
import { formatDuration, formatNumber } from '../shared/format.ts'
import { type ChartOptions, isSmoothed } from './chart-data.ts'
import { chartTooltip } from './chart-tooltip.ts'
import type { Curve } from './curve.ts'
import { PALETTE } from './palette.ts'

const HEIGHT = 230
const FONT = '11px system-ui, sans-serif'

interface PlotOptions extends ChartOptions {
  readonly element: HTMLElement
  readonly curves: readonly Curve[]
  readonly axis: Axis
}

export function plotOptions({ element, curves, axis, smooth, log }: PlotOptions): uPlot.Options {
  const read = (name: string) => colorOf(element, name)
  const lines = curves.flatMap((curve) => linesOf(curve, smooth, read))
  return {
    width: Math.max(200, element.clientWidth),
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 20, 0, 0],
    cursor: { sync: { key: `x-${axis}` }, points: { size: 6 }, drag: { x: true, y: false } },
    scales: {
      x: { time: false },
      y: log ? { distr: 3 } : { range: (_, min, max) => paddedRange(min, max) },
    },
    axes: [
      { ...axisStyle(read), size: 30, values: (_, ticks) => ticks.map((x) => xText(x, axis)) },
      { ...axisStyle(read), size: 58, values: (_, ticks) => ticks.map(yText) },
    ],
    series: [{}, ...lines],
    plugins: [chartTooltip((x) => (axis === 'step' ? `step ${Math.round(x)}` : xText(x, axis)))],
  }
}

/** A colour of the style sheet as a canvas takes it: without variables and themes. */
function colorOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  element.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** A line; behind a smoothed one its raw values, faint and without a name. */
function linesOf(curve: Curve, smooth: number, read: (name: string) => string): uPlot.Series[] {
  const stroke = read(`--line-${curve.color % PALETTE}`)
  const line: uPlot.Series = {
    label: curve.label,
    stroke,
    width: curve.quiet && smooth === 0 ? 1 : 1.75,
    spanGaps: true,
    points: { show: curve.marked, size: 5, fill: stroke },
    // past the palette's end the colours come again, dashed
    ...(curve.color >= PALETTE ? { dash: [6, 4] } : {}),
  }
  if (!isSmoothed(curve, smooth)) return [line]
  const raw = { label: '', stroke, width: 1, alpha: 0.22, spanGaps: true, points: { show: false } }
  return [line, raw]
}

function axisStyle(read: (name: string) => string): uPlot.Axis {
  const grid = read('--rule')
  return {
    stroke: read('--faint'),
    font: FONT,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
    gap: 6,
  }
}

/** A little room above and below; a level line is not drawn on the frame. */
function paddedRange(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [0, 1]
  const room = max > min ? 0.06 * (max - min) : Math.max(0.1 * Math.abs(max), 1e-6)
  // a curve of positive values does not need the room below zero
  return [min >= 0 ? Math.max(0, min - room) : min - room, max + room]
}

function xText(x: number, axis: Axis): string {
  if (axis === 'time') return formatDuration(x)
  return Math.abs(x) >= 10_000 ? `${formatNumber(x / 1000)}k` : String(x)
}

function yText(y: number | null): string {
  return y === null ? '' : Number(y.toPrecision(6)).toString()
}
