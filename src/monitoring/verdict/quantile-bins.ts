/** Enough that no empirical distribution of a window is told from a finer one. */
const MOST_EDGES = 256

/** Places numbers between and upon edges: 2i is below edge i and above the one before, 2i + 1 is edge i itself. */
export interface QuantileBins {
  readonly edges: Float64Array
  readonly count: number
  place(value: number): number
}

/** Edges at the reference's distinct values, or at quantiles of them where they are many. */
export function quantileBins(reference: Float64Array): QuantileBins {
  const sorted = reference.filter(Number.isFinite).sort()
  const edges = edgesOf(sorted)
  return {
    edges,
    count: 2 * edges.length + 1,
    place: (value) => {
      let [low, high] = [0, edges.length]
      while (low < high) {
        const middle = (low + high) >>> 1
        if (edges[middle]! < value) low = middle + 1
        else high = middle
      }
      return 2 * low + (edges[low] === value ? 1 : 0)
    },
  }
}

function edgesOf(sorted: Float64Array): Float64Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1])
  if (distinct.length <= MOST_EDGES) return distinct
  const step = (sorted.length - 1) / (MOST_EDGES - 1)
  const quantiles = Float64Array.from(
    { length: MOST_EDGES },
    (_, i) => sorted[Math.round(i * step)]!,
  )
  return quantiles.filter((value, i) => i === 0 || value !== quantiles[i - 1])
}
