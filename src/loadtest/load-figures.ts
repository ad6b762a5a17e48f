import { type Figure, palette, renderVegaLite, type VegaLiteSpec } from '../figures/index.ts'
import type { LatencySummary, LoadPoint, LoadResult, RouteResult } from './load-result.ts'

export interface LoadFigure {
  readonly title: string
  readonly figure: Figure
}

interface Series {
  readonly name: string
  readonly color: string
  /** Without a `y` the line is broken. */
  readonly points: readonly { readonly x: number; readonly y: number | null }[]
}

const SIZE = { width: 860, height: 240 }
/** More would be finer than the drawing. */
const MOST_POINTS = 430
/** A chart whose values span more than this is drawn on a logarithmic axis. */
const WIDE_RANGE = 30
/** So few are drawn as dots too. */
const FEW_POINTS = 20
/** The last piece of a second says little about rates. */
const SHORTEST_SPAN = 0.5

/** The drawings of a report: over time, and by share of the requests. What nothing is known for is left out. */
export async function loadFigures(result: LoadResult): Promise<LoadFigure[]> {
  const points = thinned(result.history)
  const charts = [
    latencyChart(points),
    rateChart(points),
    ...(changes(points.map(({ users }) => users)) ? [userChart(points, workers(result))] : []),
    shareChart(result),
  ]
  const known = charts.filter(({ series }) =>
    series.some(({ points }) => points.some(({ y }) => y !== null)),
  )
  const end = Math.max(0, ...result.history.map(({ at }) => at))
  const figures: LoadFigure[] = []
  for (const chart of known) {
    figures.push({ title: chart.title, figure: await renderVegaLite(lineSpec(chart, end)) })
  }
  return figures
}

interface Chart {
  readonly title: string
  readonly series: readonly Series[]
  /** Vega-Lite's x and y; without an x, seconds. */
  readonly x?: object
  readonly y: object
  readonly height?: number
}

/** `at` is the middle of the span. */
type DrawnPoint = Pick<LoadPoint, 'at' | 'users'> & {
  readonly good: number
  readonly failed: number
  readonly latency: Pick<LatencySummary, 'p50' | 'p95' | 'p99'>
}

/** Neighbours joined: their mean rate, and the worst of their percentiles. */
function thinned(history: readonly LoadPoint[]): DrawnPoint[] {
  const whole = history.filter(({ span }) => span >= SHORTEST_SPAN || history.length === 1)
  const size = Math.max(1, Math.ceil(whole.length / MOST_POINTS))
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => {
    const group = whole.slice(i * size, (i + 1) * size)
    const sum = (value: (point: LoadPoint) => number) =>
      group.reduce((total, point) => total + value(point), 0)
    const worst = (measure: 'p50' | 'p95' | 'p99') => {
      const values = group.map(({ latency }) => latency[measure]).filter((value) => value !== null)
      return values.length === 0 ? null : Math.max(...values)
    }
    const seconds = sum(({ span }) => span)
    return {
      at: group.at(-1)!.at - seconds / 2,
      users: group.at(-1)!.users,
      good: sum(({ requests, failures }) => requests - failures) / seconds,
      failed: sum(({ failures }) => failures) / seconds,
      latency: { p50: worst('p50'), p95: worst('p95'), p99: worst('p99') },
    }
  })
}

function latencyChart(points: readonly DrawnPoint[]): Chart {
  const of = (measure: 'p50' | 'p95' | 'p99') =>
    points.map(({ at, latency }) => ({ x: at, y: latency[measure] }))
  const series = [
    { name: 'p99', color: palette.orange, points: of('p99') },
    { name: 'p95', color: palette.green, points: of('p95') },
    { name: 'p50', color: palette.blue, points: of('p50') },
  ]
  return { title: 'Latency over time', series, y: millisecondAxis(series) }
}

function rateChart(points: readonly DrawnPoint[]): Chart {
  const of = (value: (point: DrawnPoint) => number) =>
    points.map((point) => ({ x: point.at, y: value(point) }))
  const failed = points.some((point) => point.failed > 0)
  const series = [
    { name: 'good answers', color: palette.blue, points: of(({ good }) => good) },
    ...(failed
      ? [{ name: 'failures', color: palette.orange, points: of((point) => point.failed) }]
      : []),
  ]
  return { title: 'Requests over time', series, y: { title: 'requests a second' } }
}

const workers = ({ client }: LoadResult) => (client.lateness === null ? 'Users' : 'Connections')

function userChart(points: readonly DrawnPoint[], name: string): Chart {
  const users = points.map(({ at, users: y }) => ({ x: at, y }))
  const series = [{ name, color: palette.blue, points: users }]
  return { title: `${name} over time`, series, y: { title: name.toLowerCase() }, height: 120 }
}

const changes = (values: readonly number[]) => values.some((value) => value !== values[0])

const ROUTE_COLORS = [
  palette.blue,
  palette.orange,
  palette.green,
  palette.purple,
  palette.yellow,
  palette.sky,
]
const SHARES = [
  [0.5, 'p50'],
  [0.66, 'p66'],
  [0.75, 'p75'],
  [0.8, 'p80'],
  [0.9, 'p90'],
  [0.95, 'p95'],
  [0.98, 'p98'],
  [0.99, 'p99'],
  [0.999, 'p99_9'],
  [0.9999, 'p99_99'],
] as const
/** The axis counts nines, so that the slow tail has as much room as the rest. */
const nines = (share: number) => -Math.log10(1 - share)

function shareChart({ routes }: LoadResult): Chart {
  const series = routes.map((route, i) => ({
    name: route.name,
    color: ROUTE_COLORS[i % ROUTE_COLORS.length]!,
    points: shareCurve(route),
  }))
  const values = [0.5, 0.9, 0.99, 0.999, 0.9999].map(nines)
  const labels =
    "datum.value < 0.5 ? '50 %' : datum.value < 1.5 ? '90 %' : datum.value < 2.5 ? '99 %' : datum.value < 3.5 ? '99.9 %' : '99.99 %'"
  return {
    title: 'Latency by share of requests',
    series,
    x: {
      title: 'share of the requests that took no longer',
      axis: { values, labelExpr: labels },
      scale: { nice: false, zero: false },
    },
    y: millisecondAxis(series),
  }
}

/** Only as far as there are requests to tell. */
function shareCurve({ requests, failures, latency }: RouteResult) {
  return SHARES.flatMap(([share, measure]) => {
    const y = latency[measure]
    const beyond = (requests - failures) * (1 - share)
    return y === null || beyond < 1 ? [] : [{ x: nines(share), y }]
  })
}

const secondAxis = (end: number) => ({
  title: 'seconds',
  axis: { format: '~f', tickCount: 10 },
  scale: { nice: false, domain: [0, end] },
})

/** Logarithmic where a linear axis would flatten all but the worst. */
function millisecondAxis(series: readonly Series[]): object {
  const values = series
    .flatMap(({ points }) => points.map(({ y }) => y))
    .filter((y) => y !== null && y > 0) as number[]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (values.length === 0 || high / low <= WIDE_RANGE) return { title: 'ms' }
  const decades = Array.from({ length: 12 }, (_, i) => 10 ** (i - 4))
  const marks = decades.flatMap((decade) => [decade, 2 * decade, 5 * decade])
  const [first, last] = [
    marks.findLastIndex((mark) => mark <= low),
    marks.findIndex((mark) => mark >= high),
  ]
  const shown = marks.slice(Math.max(0, first), last < 0 ? undefined : last + 1)
  return {
    title: 'ms',
    scale: { type: 'log', nice: false, domain: [shown[0], shown.at(-1)] },
    axis: { values: shown, format: ',~f' },
  }
}

function lineSpec(chart: Chart, end: number): VegaLiteSpec {
  const { series, x = secondAxis(end), y, height = SIZE.height } = chart
  const values = series.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })))
  const few = series.every(({ points }) => points.length < FEW_POINTS)
  return {
    width: SIZE.width,
    height,
    background: 'transparent',
    padding: 4,
    data: { values },
    mark: { type: 'line', aria: false, ...(few && { point: { size: 40 } }) },
    encoding: {
      x: { field: 'x', type: 'quantitative', ...x },
      y: { field: 'y', type: 'quantitative', axis: { format: ',~f' }, ...y },
      color: {
        field: 'name',
        type: 'nominal',
        scale: { domain: series.map(({ name }) => name), range: series.map(({ color }) => color) },
        legend: series.length === 1 ? null : { symbolType: 'stroke', symbolSize: 300, columns: 4 },
      },
    },
  }
}
