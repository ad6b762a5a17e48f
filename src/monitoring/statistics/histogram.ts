import { countBelow } from './sample.ts'

/** Edges of equal bins from `first` to `last`, as many as Sturges' rule has for `count` values. */
export function sturgesEdges(first: number, last: number, count: number): Float64Array {
  const width = (last - first) / (Math.log2(count) + 1)
  return equalEdges(first, last, width > 0 ? Math.ceil((last - first) / width) : 1)
}

/** As `numpy.linspace`. A single value gets half a unit on either side. */
export function equalEdges(first: number, last: number, bins: number): Float64Array {
  if (first === last) return equalEdges(first - 0.5, last + 0.5, bins)
  const step = (last - first) / bins
  const edges = Float64Array.from({ length: bins + 1 }, (_, i) => i * step + first)
  edges[bins] = last
  return edges
}

/** Rows in each bin [edge, next edge), of which the last is closed. */
export function histogram(sorted: Float64Array, edges: Float64Array): Float64Array {
  const bins = edges.length - 1
  const upTo = (bin: number) =>
    bin === bins ? countUpTo(sorted, edges[bins]!) : countBelow(sorted, edges[bin]!)
  return Float64Array.from({ length: bins }, (_, bin) => upTo(bin + 1) - upTo(bin))
}

/** Counts so scaled that the area under the bins is 1. */
export function density(counts: Float64Array, edges: Float64Array): Float64Array {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count, bin) => count / (edges[bin + 1]! - edges[bin]!) / rows)
}

function countUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low
}
