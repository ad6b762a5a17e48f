import type {
  LatencySummary,
  LoadPlan,
  LoadPoint,
  LoadResult,
  RouteResult,
} from '../../loadtest/index.ts'
import { formatDuration } from '../progress-line.ts'
import { type Column, formatTable } from '../table.ts'

const LATENCIES = [
  ['min', 'min'],
  ['mean', 'mean'],
  ['p50', 'p50'],
  ['p75', 'p75'],
  ['p90', 'p90'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['p99.9', 'p99_9'],
  ['max', 'max'],
] as const
/** A client that is later than this, or busier, measures itself. */
const LATE_MS = 20
const BUSY = 0.9

/** What was asked for: `25 users without pause, for 60.0 s`. */
export function planText({ pace, duration, maxRequests }: LoadPlan): string {
  const end = `for ${formatDuration(1000 * duration)}`
  const most = maxRequests === undefined ? '' : `, at most ${maxRequests} requests`
  if (pace.kind === 'open') {
    return `${pace.rate} requests a second over at most ${pace.connections} connections, ${end}${most}`
  }
  const [least, longest] = pace.wait
  const wait =
    longest === 0
      ? 'without pause'
      : `${least === longest ? least : `${least} to ${longest}`} s apart`
  const ramp = pace.ramp === 0 ? '' : `, arriving over ${formatDuration(1000 * pace.ramp)}`
  return `${pace.users} user${pace.users === 1 ? '' : 's'} ${wait}${ramp}, ${end}${most}`
}

/** Beside the count and rate of the progress line. */
export const pointNote = ({ at, latency, total }: LoadPoint, duration: number) =>
  `${Math.round(at)} of ${duration} s, ${latencyNote(latency, total.failures)}`

/** Beside the count at the end. */
export const totalNote = ({ total }: LoadResult) => latencyNote(total.latency, total.failures)

function latencyNote({ p50, p99 }: LatencySummary, failures: number): string {
  const errors = failures === 1 ? '1 error' : `${failures} errors`
  return `p50 ${milliseconds(p50)} ms, p99 ${milliseconds(p99)} ms, ${errors}`
}

export function loadText(plan: LoadPlan, result: LoadResult): string {
  const { failures, unfinished, client, total, routes } = result
  const rows = routes.length === 1 ? [total] : [...routes, total]
  const late = client.lateness?.p99 ?? 0
  return [
    `${result.url}: ${planText(plan)}`,
    formatTable(ROUTE_COLUMNS, rows.map(routeCells)),
    'Latencies in ms, of good answers.',
    ...(failures.length === 0 ? [] : [failureTable(result)]),
    ...(unfinished === 0 ? [] : [`Stopped early: ${unfinished} requests were given up.`]),
    ...(late > LATE_MS
      ? [
          `This client began 1 % of its requests over ${formatMilliseconds(late)} ms late: its machine is too busy.`,
        ]
      : []),
    ...(client.cpu_seconds > BUSY * result.seconds
      ? ['This client was at the limit of its own speed: the service may be faster.']
      : []),
  ].join('\n\n')
}

const ROUTE_COLUMNS: readonly Column[] = [
  { title: 'route' },
  ...['requests', 'failed', 'per s', ...LATENCIES.map(([title]) => title)].map(
    (title): Column => ({ title, align: 'right' }),
  ),
]

function routeCells({ name, requests, failures, rate, latency }: RouteResult): string[] {
  const times = LATENCIES.map(([, measure]) => milliseconds(latency[measure]))
  return [name, String(requests), String(failures), formatRate(rate), ...times]
}

function failureTable({ failures }: LoadResult): string {
  const numbers = ['count', 'p50', 'p99'].map((title): Column => ({ title, align: 'right' }))
  return formatTable(
    [{ title: 'route' }, { title: 'failure' }, ...numbers],
    failures.map(({ route, kind, count, latency: { p50, p99 } }) => [
      ...[route, kind, String(count)],
      ...[milliseconds(p50), milliseconds(p99)],
    ]),
  )
}

const milliseconds = (value: number | null) => (value === null ? '–' : formatMilliseconds(value))

/** Three digits. */
export const formatMilliseconds = (value: number) =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const formatRate = (rate: number) => (rate >= 100 ? rate.toFixed(0) : rate.toFixed(1))
