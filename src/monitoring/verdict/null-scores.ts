import { createRandom, type Random } from '../../core/index.ts'
import { compareMixes } from './class-mix.ts'
import { addRows, type CodedReference, largestGap } from './coded-rows.ts'
import { effectiveRoot, kolmogorovScore } from './kolmogorov-limit.ts'

export interface NullOptions {
  /** Windows to draw. */
  readonly resamples: number
  readonly seed: number
}

/**
 * What the largest score of all measures is when nothing has changed, rising: windows of `rows` rows are
 * drawn from the reference itself and compared with the rest of it, so that measures which move
 * together are counted as what they are.
 */
export function nullScores(
  reference: CodedReference,
  rows: number,
  { resamples, seed }: NullOptions,
): Float64Array {
  const random = createRandom(seed, 'drift', rows)
  const order = Int32Array.from({ length: reference.count }, (_, i) => i)
  const histograms = reference.bins.map(({ count }) => new Float64Array(count))
  const scores = new Float64Array(resamples)
  for (let i = 0; i < resamples; i++) {
    const window = drawFirst(order, rows, random)
    scores[i] = Math.max(gapScore(reference, window, histograms), mixScore(reference, window))
  }
  return scores.sort()
}

/** Brings a random choice to the front, and gives it. */
function drawFirst(order: Int32Array, rows: number, random: Random): Int32Array {
  for (let i = 0; i < rows; i++) {
    const j = i + random.integer(order.length - i)
    const swap = order[i]!
    order[i] = order[j]!
    order[j] = swap
  }
  return order.subarray(0, rows)
}

function gapScore(
  reference: CodedReference,
  window: Int32Array,
  histograms: readonly Float64Array[],
): number {
  for (const counts of histograms) counts.fill(0)
  const present = addRows(reference, window, histograms)
  let largest = 0
  for (const [j, counts] of histograms.entries()) {
    const whole = reference.histograms[j]!
    const [n2, n1] = [present[j]!, whole.present - present[j]!]
    if (n1 === 0 || n2 === 0) continue
    // the gap to the whole reference, which the window is part of, is that share of the gap to the rest
    const gap = largestGap(whole, counts, n2) * (whole.present / n1)
    largest = Math.max(largest, effectiveRoot(n1, n2) * gap)
  }
  return kolmogorovScore(largest)
}

function mixScore({ predicted, classCounts }: CodedReference, window: Int32Array): number {
  if (predicted === undefined) return 0
  const counts = new Float64Array(classCounts.length)
  for (const row of window) counts[predicted[row]!]!++
  return compareMixes(
    classCounts.map((n, k) => n - counts[k]!),
    counts,
  ).score
}
