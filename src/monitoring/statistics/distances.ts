import { squaredDeviations } from './pairwise-sum.ts'
import { type NumericSample, pooledSteps } from './sample.ts'

/** A constant reference has a spread that can be divided by. */
const LEAST_SPREAD = 0.001

/** ∫|F − G|, over the reference's population standard deviation. */
export function normedWasserstein(reference: NumericSample, current: NumericSample): number {
  const spread = Math.sqrt(squaredDeviations(reference.values) / reference.values.length)
  return integrateGap(reference, current, Math.abs) / Math.max(spread, LEAST_SPREAD)
}

/** √(2 ∫(F − G)²). */
export function energyDistance(reference: NumericSample, current: NumericSample): number {
  return Math.SQRT2 * Math.sqrt(integrateGap(reference, current, (gap) => gap * gap))
}

function integrateGap(a: NumericSample, b: NumericSample, weigh: (gap: number) => number): number {
  const { values, reference, current } = pooledSteps(a, b)
  const [n1, n2] = [a.sorted.length, b.sorted.length]
  let sum = 0
  for (let i = 1; i < values.length; i++) {
    const gap = reference[i - 1]! / n1 - current[i - 1]! / n2
    sum += weigh(gap) * (values[i]! - values[i - 1]!)
  }
  return sum
}
