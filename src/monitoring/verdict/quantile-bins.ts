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
  const { cellOf, starts } = grid(edges)
  return {
    edges,
    count: 2 * edges.length + 1,
    place: (value) => {
      const cell = cellOf(value)
      let [low, high] = [starts[cell]!, starts[cell + 1]!]
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

const CELLS = 1024

/**
 * Even cells over the range of the edges, so that a value is looked for among the few edges of its own.
 * `starts[c]` is how many edges lie in cells before c.
 */
function grid(edges: Float64Array) {
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 0]
  const scale = (CELLS - 1) / (last - first || 1)
  // it never falls from one value to a larger one, which is all that is asked of it
  const cellOf = (value: number) => {
    const place = (value - first) * scale
    return place > 0 ? (place < CELLS - 1 ? Math.floor(place) : CELLS - 1) : 0
  }
  const starts = new Uint16Array(CELLS + 1)
  for (const edge of edges) starts[cellOf(edge) + 1]!++
  for (let cell = 0; cell < CELLS; cell++) starts[cell + 1]! += starts[cell]!
  return { cellOf, starts }
}
