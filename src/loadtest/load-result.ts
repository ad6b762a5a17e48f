import type { LatencyHistogram } from './latency-histogram.ts'

/** Milliseconds; null where nothing was measured. Percentiles are right to 0.4 %. */
export interface LatencySummary {
  readonly min: number | null
  readonly mean: number | null
  readonly p50: number | null
  readonly p66: number | null
  readonly p75: number | null
  readonly p80: number | null
  readonly p90: number | null
  readonly p95: number | null
  readonly p98: number | null
  readonly p99: number | null
  readonly p99_9: number | null
  readonly p99_99: number | null
  readonly max: number | null
}

export interface RouteResult {
  readonly name: string
  /** Answered or failed. */
  readonly requests: number
  readonly failures: number
  /** Requests a second while the load lasted, and those of them that were answered well. */
  readonly rate: number
  readonly good_rate: number
  /** Of the requests that were answered well. */
  readonly latency: LatencySummary
  /** Of those that failed: from when they were sent until the error, or the bad status, arrived. */
  readonly failure_latency: LatencySummary
  /** Bytes of body in a good answer, on average. */
  readonly mean_bytes: number
}

/** `status 503`, `timeout`, `refused`, `reset`, `closed` before the answer was whole, `malformed`, `no connection` was free in time, or a system's code. */
export interface FailureGroup {
  readonly route: string
  readonly kind: string
  readonly count: number
  /** As `failure_latency`. */
  readonly latency: LatencySummary
}

/** What happened since the point before. */
export interface LoadPoint {
  /** Seconds since the start, at the end of this span, and the seconds of the span. */
  readonly at: number
  readonly span: number
  /** Users at work or, with a rate, connections. */
  readonly users: number
  readonly requests: number
  readonly failures: number
  readonly latency: LatencySummary
  /** Since the start. */
  readonly total: {
    readonly requests: number
    readonly failures: number
    readonly latency: LatencySummary
    readonly mean_bytes: number
  }
}

export interface LoadResult {
  readonly url: string
  /** Milliseconds since the epoch. */
  readonly started: number
  /** For how long new requests began. */
  readonly seconds: number
  readonly ended: 'duration' | 'requests' | 'signal'
  readonly total: RouteResult
  readonly routes: readonly RouteResult[]
  readonly failures: readonly FailureGroup[]
  /** Given up when a signal came. Counted nowhere else. */
  readonly unfinished: number
  readonly history: readonly LoadPoint[]
  readonly client: {
    readonly cpu_seconds: number
    readonly cpu_microseconds_per_request: number
    /** How much later than due requests began, for reasons of this client. Null for users: they have no due time. */
    readonly lateness: LatencySummary | null
  }
}

const SHARES = {
  p50: 0.5,
  p66: 0.66,
  p75: 0.75,
  p80: 0.8,
  p90: 0.9,
  p95: 0.95,
  p98: 0.98,
  p99: 0.99,
  p99_9: 0.999,
  p99_99: 0.9999,
} as const

export function summarizeLatency(histogram: LatencyHistogram): LatencySummary {
  const known = (value: number) => (Number.isFinite(value) ? round(value) : null)
  const percentiles = Object.entries(SHARES).map(([name, share]) => [
    name,
    known(histogram.quantile(share)),
  ])
  return {
    min: known(histogram.min),
    mean: known(histogram.mean),
    ...(Object.fromEntries(percentiles) as Record<keyof typeof SHARES, number | null>),
    max: known(histogram.max),
  }
}

/** Whole microseconds. */
const round = (milliseconds: number) => Math.round(milliseconds * 1000) / 1000
