import type { LatencySummary, LoadResult } from '../../loadtest/index.ts'
import { usage } from './load-options.ts'
import { formatMilliseconds } from './load-text.ts'

type Measure = keyof LatencySummary

/** The most that a load test may show. */
export interface LoadThresholds {
  /** Milliseconds. */
  readonly latencies: readonly { readonly measure: Measure; readonly most: number }[]
  /** Share of the requests, 0 to 1. */
  readonly errors: number
}

const MEASURES: Readonly<Record<string, Measure>> = {
  mean: 'mean',
  p50: 'p50',
  p75: 'p75',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  'p99.9': 'p99_9',
  max: 'max',
}
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000 }

/** `p99=50ms,errors=0.1%`; without one for errors, none are allowed. Throws `USAGE`. */
export function readThresholds(text: string | undefined): LoadThresholds {
  const latencies: { measure: Measure; most: number }[] = []
  let errors = 0
  for (const part of text?.split(',') ?? []) {
    const [, name = '', value, unit = ''] =
      /^([\w.]+)=(\d+(?:\.\d+)?)(ms|s|%)$/.exec(part.trim()) ?? []
    const measure = MEASURES[name]
    if (name === 'errors' && unit === '%') errors = Number(value) / 100
    else if (measure !== undefined && UNITS[unit] !== undefined) {
      latencies.push({ measure, most: Number(value) * UNITS[unit] })
    } else {
      throw usage(
        `--fail-above has '${part}'; wanted are limits like p99=50ms, max=2s, errors=0.1%.`,
        `Latencies: ${Object.keys(MEASURES).join(', ')}.`,
      )
    }
  }
  return { latencies, errors }
}

/** What a load test has too much of, as sentences. */
export function missedThresholds({ total }: LoadResult, thresholds: LoadThresholds): string[] {
  if (total.requests === 0) return ['no request was answered']
  const share = total.failures / total.requests
  const failed =
    share > thresholds.errors
      ? [
          `${total.failures} of ${total.requests} requests failed (${percent(share)}, wanted at most ${percent(thresholds.errors)})`,
        ]
      : []
  const slow = thresholds.latencies.flatMap(({ measure, most }) => {
    const value = total.latency[measure]
    const name = measure.replace('_', '.')
    if (value === null) return [`there is no ${name}: no answer was good`]
    if (value <= most) return []
    return [
      `${name} is ${formatMilliseconds(value)} ms, wanted at most ${formatMilliseconds(most)} ms`,
    ]
  })
  return [...failed, ...slow]
}

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`
