import { mersenneTwister, shuffleLikeNumpy } from './mersenne-twister.ts'
import { pairwiseSum } from './pairwise-sum.ts'
import type { CategoricalSample } from './sample.ts'

const PERMUTATIONS = 1000

/** Share of 1000 fixed permutations of all rows whose total variation distance is as large. */
export function totalVariationTest(
  reference: CategoricalSample,
  current: CategoricalSample,
): number {
  const observed = totalVariation(reference.counts, current.counts)
  const pooled = new Int32Array(reference.codes.length + current.codes.length)
  const draw = mersenneTwister(0)
  let asFar = 0
  for (let i = 0; i < PERMUTATIONS; i++) {
    pooled.set(reference.codes)
    pooled.set(current.codes, reference.codes.length)
    shuffleLikeNumpy(pooled, draw)
    const counts = new Float64Array(reference.counts.length)
    for (const code of pooled.subarray(0, reference.codes.length)) counts[code]!++
    const rest = counts.map((n, k) => reference.counts[k]! + current.counts[k]! - n)
    if (observed <= totalVariation(counts, rest)) asFar++
  }
  return asFar / PERMUTATIONS
}

/** ½ Σ|p − q|. */
export function totalVariation(reference: Float64Array, current: Float64Array): number {
  const [n1, n2] = [pairwiseSum(reference), pairwiseSum(current)]
  return 0.5 * pairwiseSum(reference.map((n, k) => Math.abs(n / n1 - current[k]! / n2)))
}
