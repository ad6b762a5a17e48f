import { binnedShares, filledShares, pooledRange } from './binned-shares.ts'
import { density, histogram, sturgesEdges } from './histogram.ts'
import { pairwiseSum } from './pairwise-sum.ts'
import { asCategories, type NumericSample, pooledSteps, type Sample } from './sample.ts'

/** Σ (p − q)·ln(p/q), the population stability index. */
export function populationStability(reference: Sample, current: Sample): number {
  const { reference: p, current: q } = filledShares(reference, current)
  return pairwiseSum(p.map((share, k) => (share - q[k]!) * Math.log(share / q[k]!)))
}

/** Σ p·ln(p/q) with p of the reference, in nats. */
export function klDivergence(reference: Sample, current: Sample): number {
  const shares = filledShares(reference, current)
  return relativeEntropy(normalized(shares.reference), normalized(shares.current))
}

/** The root of the mean divergence from the mean of both: at most √ln 2. */
export function jensenShannon(reference: Sample, current: Sample): number {
  const shares = binnedShares(reference, current)
  const [p, q] = [normalized(shares.reference), normalized(shares.current)]
  const middle = p.map((share, k) => (share + q[k]!) / 2)
  return Math.sqrt((relativeEntropy(p, middle) + relativeEntropy(q, middle)) / 2)
}

/** √(1 − Σ√(p·q)); how many bins numbers get hangs on their distinct values, not on their rows. */
export function hellinger(reference: Sample, current: Sample): number {
  const overlap =
    reference.type === 'num' && current.type === 'num'
      ? numericOverlap(reference, current)
      : categoricalOverlap(reference, current)
  return Math.sqrt(1 - Math.min(1, Math.max(0, overlap)))
}

function numericOverlap(reference: NumericSample, current: NumericSample): number {
  const distinct = pooledSteps(reference, current).values.length
  const edges = sturgesEdges(...pooledRange(reference, current), distinct)
  const width = (edges.at(-1)! - edges[0]!) / (edges.length - 1)
  const heights = [reference, current].map(({ sorted }) => density(histogram(sorted, edges), edges))
  return heights[0]!.reduce((sum, h, bin) => sum + Math.sqrt(h * heights[1]![bin]!) * width, 0)
}

function categoricalOverlap(reference: Sample, current: Sample): number {
  const [a, b] = asCategories(reference, current)
  const [n1, n2] = [a.codes.length, b.codes.length]
  return a.counts.reduce((sum, n, k) => sum + Math.sqrt((n / n1) * (b.counts[k]! / n2)), 0)
}

function normalized(shares: Float64Array): Float64Array {
  const sum = pairwiseSum(shares)
  return shares.map((share) => share / sum)
}

function relativeEntropy(p: Float64Array, q: Float64Array): number {
  return pairwiseSum(p.map((share, k) => (share === 0 ? 0 : share * Math.log(share / q[k]!))))
}
