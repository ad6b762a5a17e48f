import type { Series } from '../tracking/index.ts'
import { lineChart } from './line-chart.ts'
import { formatMetric } from './run-cells.ts'
import { sparkline } from './sparkline.ts'
import { formatTable } from './table.ts'

export interface MetricSummary {
  readonly metric: string
  readonly count: number
  readonly first: number
  readonly last: number
  readonly min: number
  readonly max: number
}

/** What a table says of each metric. Thinned series keep all of these. */
export function summarizeMetrics(series: readonly Series[]): MetricSummary[] {
  return series.map(({ metric, count, values }) => ({
    metric,
    count,
    first: values[0] ?? Number.NaN,
    last: values.at(-1) ?? Number.NaN,
    min: values.reduce((a, b) => Math.min(a, b), Infinity),
    max: values.reduce((a, b) => Math.max(a, b), -Infinity),
  }))
}

/** Letters that the table takes without its curves. */
const TABLE = 72
const CHART_ROWS = 10

/** Every metric as a row with a small curve, then training against validation as charts. */
export function metricsText(series: readonly Series[], width: number): string {
  if (series.length === 0) return 'No metrics were logged.'
  const summaries = summarizeMetrics(series)
  const curve = Math.max(6, Math.min(20, width - TABLE))
  const table = formatTable(
    [
      { title: 'metric' },
      { title: 'points', align: 'right' },
      { title: 'first', align: 'right' },
      { title: 'last', align: 'right' },
      { title: 'lowest', align: 'right' },
      { title: 'highest', align: 'right' },
      { title: 'curve' },
    ],
    summaries.map(({ metric, count, first, last, min, max }, at) => [
      metric,
      String(count),
      ...[first, last, min, max].map(formatMetric),
      sparkline(series[at]!.values, curve),
    ]),
  )
  return [table, ...charts(series, width)].join('\n\n')
}

function charts(series: readonly Series[], width: number): string[] {
  const named = new Map(series.map((one) => [one.metric, one]))
  return ['loss', 'accuracy'].flatMap((quantity) => {
    const lines = ['train', 'val'].flatMap((split) => {
      const { steps, values } = named.get(`${split}.${quantity}`) ?? {}
      return steps && values ? [{ label: split[0]!, xs: steps, ys: values }] : []
    })
    const size = { columns: Math.max(20, Math.min(72, width - 14)), rows: CHART_ROWS }
    const chart = lines.every(({ xs }) => xs.length < 2) ? undefined : lineChart(lines, size)
    return chart === undefined ? [] : [`${quantity} by step: t training, v validation\n${chart}`]
  })
}
