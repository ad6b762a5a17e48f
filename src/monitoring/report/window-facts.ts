import type { DriftReport } from '../../contracts/index.ts'
import { wilsonInterval } from '../../statistics/index.ts'
import type { MonitoredReference } from '../windows/load-reference.ts'
import type { MonitoredRows } from '../windows/monitored-rows.ts'
import type { PredictionWindow } from '../windows/prediction-window.ts'

const SPANS = 48

export const isoTime = (time: number) => new Date(time).toISOString()

/** First and last time of the window; undefined where no row has one. */
export function timesOf(times: Float64Array): readonly [number, number] | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const time of times) {
    if (time < first) first = time
    if (time > last) last = time
  }
  return first <= last ? [first, last] : undefined
}

/** Shares of each predicted class, of all classes that either side has. */
export function classMix(reference: MonitoredRows, window: MonitoredRows): DriftReport['classes'] {
  const [before, after] = [reference, window].map(classShares)
  if (before === undefined || after === undefined) return []
  const names = [...new Set([...before.keys(), ...after.keys()])]
  return names.map((name) => ({
    name,
    reference: before.get(name) ?? 0,
    current: after.get(name) ?? 0,
  }))
}

function classShares({ count, predicted, classes }: MonitoredRows) {
  if (predicted === undefined || classes === undefined || count === 0) return undefined
  const counts = new Float64Array(classes.length)
  for (let row = 0; row < count; row++) counts[predicted[row]!]!++
  return new Map(classes.map((name, at) => [name, counts[at]! / count]))
}

/** How many predictions came when, and how sure they were. */
export function volumeOf({ times, rows }: PredictionWindow): DriftReport['volume'] {
  const span = timesOf(times)
  if (span === undefined) return []
  const [first, last] = span
  const width = Math.max(1, (last - first + 1) / SPANS)
  const spans = Math.ceil((last - first + 1) / width)
  const counts = new Float64Array(spans)
  const confidence = new Float64Array(spans)
  for (let row = 0; row < times.length; row++) {
    const at = Math.floor((times[row]! - first) / width)
    if (!(at >= 0)) continue
    counts[Math.min(spans - 1, at)]!++
    confidence[Math.min(spans - 1, at)]! += rows.confidences?.[row] ?? Number.NaN
  }
  return Array.from(counts, (count, at) => ({
    start: isoTime(first + at * width),
    rows: count,
    confidence: finite(confidence[at]! / count),
  }))
}

export function latencyOf({ latencies }: PredictionWindow): DriftReport['latency'] {
  if (latencies.length === 0) return null
  const sorted = latencies.slice().sort()
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

export function liveAccuracy(
  { labelled, right }: PredictionWindow,
  { accuracy }: MonitoredReference,
): DriftReport['live'] {
  if (labelled === 0) return null
  const { value, low, high } = wilsonInterval(right, labelled)
  return { labelled, right, accuracy: value, low, high, reference: accuracy }
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
