import { type CsvValue, formatCsv } from '../../core/index.ts'
import type { LatencySummary, LoadResult } from '../../loadtest/index.ts'

/** Locust's names and order, so that what reads its files reads these. */
const PERCENTILES = [
  ['50%', 'p50'],
  ['66%', 'p66'],
  ['75%', 'p75'],
  ['80%', 'p80'],
  ['90%', 'p90'],
  ['95%', 'p95'],
  ['98%', 'p98'],
  ['99%', 'p99'],
  ['99.9%', 'p99_9'],
  ['99.99%', 'p99_99'],
  ['100%', 'max'],
] as const
const TITLES = PERCENTILES.map(([title]) => title)
const ALL = 'Aggregated'

const percentiles = (latency: LatencySummary) => PERCENTILES.map(([, measure]) => latency[measure])

/** The three tables by the end of their file's name. Latencies in milliseconds, of good answers. */
export function loadCsv(result: LoadResult): Readonly<Record<string, string>> {
  return { stats: statsCsv(result), history: historyCsv(result), failures: failuresCsv(result) }
}

function statsCsv({ routes, total }: LoadResult): string {
  const header = [
    'Type',
    'Name',
    'Request Count',
    'Failure Count',
    'Median Response Time',
    'Average Response Time',
    'Min Response Time',
    'Max Response Time',
    'Average Content Size',
    'Requests/s',
    'Failures/s',
    ...TITLES,
  ]
  const rows = [...routes, total].map((route) => [
    ...(route === total ? ['', ALL] : methodAndPath(route.name)),
    route.requests,
    route.failures,
    ...centre(route.latency),
    route.mean_bytes,
    route.rate,
    route.rate - route.good_rate,
    ...percentiles(route.latency),
  ])
  return formatCsv(header, rows)
}

function historyCsv({ history, started }: LoadResult): string {
  const header = [
    'Timestamp',
    'User Count',
    'Type',
    'Name',
    'Requests/s',
    'Failures/s',
    ...TITLES,
    'Total Request Count',
    'Total Failure Count',
    'Total Median Response Time',
    'Total Average Response Time',
    'Total Min Response Time',
    'Total Max Response Time',
    'Total Average Content Size',
  ]
  const rows = history.map(({ at, span, users, requests, failures, latency, total }) => [
    Math.round(started / 1000 + at),
    users,
    '',
    ALL,
    requests / span,
    failures / span,
    ...percentiles(latency),
    total.requests,
    total.failures,
    ...centre(total.latency),
    total.mean_bytes,
  ])
  return formatCsv(header, rows)
}

function failuresCsv({ failures }: LoadResult): string {
  const rows = failures.map(({ route, kind, count }): CsvValue[] => [
    ...methodAndPath(route),
    kind,
    count,
  ])
  return formatCsv(['Method', 'Name', 'Error', 'Occurrences'], rows)
}

const centre = ({ p50, mean, min, max }: LatencySummary) => [p50, mean, min, max]

const methodAndPath = (route: string) => route.split(' ') as [string, string]
