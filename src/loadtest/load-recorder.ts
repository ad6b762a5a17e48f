import { createLatencyHistogram, type LatencyHistogram } from './latency-histogram.ts'
import type { Answer } from './load-connection.ts'
import type { LoadRoute } from './load-plan.ts'
import {
  type FailureGroup,
  type LoadPoint,
  type RouteResult,
  summarizeLatency,
} from './load-result.ts'

interface RouteTally {
  readonly good: LatencyHistogram
  readonly failed: LatencyHistogram
  /** By kind. */
  readonly failures: Map<string, LatencyHistogram>
  bytes: number
  /** Settled before the load ended: what rates are made of. */
  timely: { readonly good: number; readonly failed: number } | undefined
}

/** Counts a load: by route for the end, by second for its history. */
export interface LoadRecorder {
  /** `latency` in milliseconds. */
  add(route: number, latency: number, answer: Answer): void
  /** Ends a span of the history, `at` seconds after the start. */
  cut(at: number, users: number): LoadPoint
  /** Whether anything was counted since the last cut. */
  uncut(): boolean
  /** No new requests begin: rates count to here. */
  stop(): void
  readonly history: readonly LoadPoint[]
  /** The routes, and all of them together. */
  results(seconds: number): { readonly routes: RouteResult[]; readonly total: RouteResult }
  failures(): FailureGroup[]
}

export function createLoadRecorder(routes: readonly LoadRoute[]): LoadRecorder {
  const tallies = routes.map(newTally)
  const span = newTally()
  const history: LoadPoint[] = []
  return {
    history,
    add: (route, latency, { failure, bodyBytes }) => {
      const tally = tallies[route]!
      if (failure === undefined) {
        tally.good.add(latency)
        tally.bytes += bodyBytes
        span.good.add(latency)
        return
      }
      tally.failed.add(latency)
      const group = tally.failures.get(failure) ?? createLatencyHistogram()
      group.add(latency)
      tally.failures.set(failure, group)
      span.failed.add(latency)
    },
    cut: (at, users) => {
      const point = {
        at,
        span: at - (history.at(-1)?.at ?? 0),
        users,
        ...countsOf(span),
        latency: summarizeLatency(span.good),
        total: cumulated(mergedTally(tallies)),
      }
      history.push(point)
      span.good.clear()
      span.failed.clear()
      return point
    },
    uncut: () => span.good.count + span.failed.count > 0,
    stop: () => {
      for (const tally of tallies) {
        tally.timely = { good: tally.good.count, failed: tally.failed.count }
      }
    },
    results: (seconds) => ({
      routes: tallies.map((tally, i) => routeResult(routes[i]!.name, tally, seconds)),
      total: routeResult('all', mergedTally(tallies), seconds),
    }),
    failures: () =>
      tallies
        .flatMap(({ failures }, i) =>
          [...failures].map(([kind, group]) => ({
            route: routes[i]!.name,
            kind,
            count: group.count,
            latency: summarizeLatency(group),
          })),
        )
        .sort((a, b) => b.count - a.count),
  }
}

function newTally(): RouteTally {
  const histogram = createLatencyHistogram
  return {
    good: histogram(),
    failed: histogram(),
    failures: new Map(),
    bytes: 0,
    timely: undefined,
  }
}

function mergedTally(tallies: readonly RouteTally[]): RouteTally {
  const all = newTally()
  for (const { good, failed, bytes } of tallies) {
    all.good.addAll(good)
    all.failed.addAll(failed)
    all.bytes += bytes
  }
  const timely = tallies.map((tally) => tally.timely ?? { good: 0, failed: 0 })
  all.timely = {
    good: timely.reduce((sum, { good }) => sum + good, 0),
    failed: timely.reduce((sum, { failed }) => sum + failed, 0),
  }
  return all
}

const countsOf = ({ good, failed }: RouteTally) => ({
  requests: good.count + failed.count,
  failures: failed.count,
})

const meanBytes = ({ bytes, good }: RouteTally) => (good.count === 0 ? 0 : bytes / good.count)

const cumulated = (tally: RouteTally) => ({
  ...countsOf(tally),
  latency: summarizeLatency(tally.good),
  mean_bytes: meanBytes(tally),
})

function routeResult(name: string, tally: RouteTally, seconds: number): RouteResult {
  const { good, failed } = tally.timely ?? { good: 0, failed: 0 }
  return {
    name,
    ...cumulated(tally),
    rate: (good + failed) / seconds,
    good_rate: good / seconds,
    failure_latency: summarizeLatency(tally.failed),
  }
}
