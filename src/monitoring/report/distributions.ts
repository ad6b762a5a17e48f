import type { DriftReport } from '../../contracts/index.ts'
import type { MonitoredRows } from '../windows/monitored-rows.ts'

type Distribution = DriftReport['distributions'][number]

const BARS = 32
/** Share of rows at either end that does not widen the drawing. */
const TAIL = 0.002
/** Rows that are enough to know where these ends are. */
const TAIL_ROWS = 20_000

/** Every feature that both sides have, and the confidence, as bars of the same places. */
export function distributionsOf(reference: MonitoredRows, window: MonitoredRows): Distribution[] {
  const features = Object.keys(reference.features)
    .filter((name) => Object.hasOwn(window.features, name))
    .map((name) => distribution(name, 'feature', reference.features[name]!, window.features[name]!))
  const { confidences: before } = reference
  const { confidences: after } = window
  const confidence =
    before && after ? [distribution('confidence', 'confidence', before, after)] : []
  return [...features, ...confidence].filter((each) => each !== undefined)
}

function distribution(
  name: string,
  kind: Distribution['kind'],
  before: Float64Array,
  after: Float64Array,
): Distribution | undefined {
  const sides = [before, after].map((column) => column.filter(Number.isFinite))
  if (sides.some(({ length }) => length === 0)) return undefined
  const some = sides.map((values) => everyNth(values, TAIL_ROWS).sort())
  const at = (sorted: Float64Array, share: number) =>
    sorted[Math.round(share * (sorted.length - 1))]!
  const low = Math.min(...some.map((sorted) => at(sorted, TAIL)))
  const high = Math.max(...some.map((sorted) => at(sorted, 1 - TAIL)))
  const width = (high - low || 1) / BARS
  const edges = Array.from({ length: BARS + 1 }, (_, i) => low + i * width)
  const [reference, current] = sides.map((values) => sharesOf(values, low, width))
  return { name, kind, edges, reference: reference!, current: current! }
}

function sharesOf(values: Float64Array, low: number, width: number): number[] {
  const counts = new Array<number>(BARS).fill(0)
  for (const value of values) {
    const bar = Math.floor((value - low) / width)
    counts[Math.min(BARS - 1, Math.max(0, bar))]!++
  }
  return counts.map((count) => count / values.length)
}

/** At most so many of the values, evenly chosen. */
function everyNth(values: Float64Array, most: number): Float64Array {
  const step = Math.ceil(values.length / most)
  return Float64Array.from({ length: Math.ceil(values.length / step) }, (_, i) => values[i * step]!)
}
