import { histogram, sturgesEdges } from './histogram.ts'
import { asCategories, distinctCount, type NumericSample, type Sample } from './sample.ts'

/** A reference of more distinct numbers is binned; of fewer, each number is a bin. */
const MOST_DISTINCT = 20
const SMALL_SHARE = 1e-4

/** Shares of the rows in each bin. */
export interface SharePair {
  readonly reference: Float64Array
  readonly current: Float64Array
}

export function binnedShares(reference: Sample, current: Sample): SharePair {
  if (reference.type === 'num' && current.type === 'num') {
    if (distinctCount(reference) > MOST_DISTINCT) return histogramShares(reference, current)
  }
  const [a, b] = asCategories(reference, current)
  const shares = ({ counts, codes }: typeof a) => counts.map((n) => n / codes.length)
  return { reference: shares(a), current: shares(b) }
}

/** The same, with something small in place of nothing, so that logarithms are finite. */
export function filledShares(reference: Sample, current: Sample): SharePair {
  const shares = binnedShares(reference, current)
  return { reference: filled(shares.reference), current: filled(shares.current) }
}

/** First and last of both sides' values. */
export function pooledRange({ sorted: a }: NumericSample, { sorted: b }: NumericSample) {
  return [Math.min(a[0]!, b[0]!), Math.max(a.at(-1)!, b.at(-1)!)] as const
}

function histogramShares(reference: NumericSample, current: NumericSample): SharePair {
  const [first, last] = pooledRange(reference, current)
  const edges = sturgesEdges(first, last, reference.sorted.length + current.sorted.length)
  const shares = ({ sorted }: NumericSample) =>
    histogram(sorted, edges).map((n) => n / sorted.length)
  return { reference: shares(reference), current: shares(current) }
}

function filled(shares: Float64Array): Float64Array {
  const least = shares.reduce((min, share) => (share > 0 ? Math.min(min, share) : min), Infinity)
  const filler = least <= SMALL_SHARE ? least / 1e6 : SMALL_SHARE
  return shares.map((share) => (share === 0 ? filler : share))
}
