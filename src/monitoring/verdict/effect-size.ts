import type { Histogram } from './coded-rows.ts'

/** More rows do not change the median's digits that anybody reads. */
const MOST_ROWS = 20_001

/**
 * Cliff's delta: how much oftener a value of the window is above one of the reference than below it,
 * from −1 to 1. Values within one bin count as equal.
 */
export function cliffsDelta(reference: Histogram, window: Histogram): number {
  let [below, sum] = [0, 0]
  for (const [bin, count] of window.counts.entries()) {
    const here = reference.counts[bin]!
    const above = reference.present - below - here
    sum += count * (below - above)
    below += here
  }
  return sum / (reference.present * window.present)
}

/** Of the finite values; of every so many where there are many. */
export function medianOf(values: Float64Array): number {
  const step = Math.ceil(values.length / MOST_ROWS)
  const sorted = values.filter((value, i) => i % step === 0 && Number.isFinite(value)).sort()
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}
