import type { DriftReport } from '../../contracts/index.ts'
import type { DriftJudge } from '../verdict/drift-judge.ts'
import { takeRows } from '../verdict/drift-rows.ts'
import type { MonitoredRows } from '../windows/monitored-rows.ts'
import { isoTime } from './window-facts.ts'

type Moment = DriftReport['over_time'][number]

const MOST_PARTS = 24
/** In fewer rows little shows. */
const LEAST_ROWS = 50
const LEAST_PARTS = 3
/** More rows of a part would move no point of a drawing: of more, these are evenly chosen. */
const MOST_ROWS = 2000
/** Single probabilities of classes are many, and say what class mix and confidence say. */
const SHOWN: ReadonlySet<string> = new Set(['feature', 'confidence', 'class_mix'])

/**
 * The window in parts of equally many rows, each judged by itself; what does not divide evenly is left
 * out at the beginning. Without `parts`, as many as have 50 rows, 24 at most; none where that is fewer
 * than three, or where a row has no time.
 */
export function driftOverTime(
  judge: DriftJudge,
  window: MonitoredRows,
  times: Float64Array,
  alpha: number,
  parts = Math.min(MOST_PARTS, Math.floor(window.count / LEAST_ROWS)),
): Moment[] {
  const size = Math.floor(window.count / parts)
  if (parts < LEAST_PARTS || size < 1 || times.some(Number.isNaN)) return []
  const order = byTime(times)
  const first = window.count - parts * size
  return Array.from({ length: parts }, (_, part) => {
    const places = order.subarray(first + part * size, first + (part + 1) * size)
    const { verdict, p, items } = judge.judge(takeRows(window, someOf(places)), alpha / parts)
    return {
      start: isoTime(times[places[0]!]!),
      end: isoTime(times[places.at(-1)!]!),
      ...{ rows: size, verdict, p },
      effects: items
        .filter(({ kind }) => SHOWN.has(kind))
        .map(({ name, kind, effect }) => ({ name, kind, effect: effect.value })),
    }
  })
}

/** The rows in the order of their times. */
function byTime(times: Float64Array): Int32Array {
  const order = Int32Array.from({ length: times.length }, (_, row) => row)
  const isSorted = times.every((time, row) => row === 0 || time >= times[row - 1]!)
  return isSorted ? order : order.sort((a, b) => times[a]! - times[b]!)
}

function someOf(places: Int32Array): Int32Array {
  const step = Math.ceil(places.length / MOST_ROWS)
  return places.filter((_, i) => i % step === 0)
}
