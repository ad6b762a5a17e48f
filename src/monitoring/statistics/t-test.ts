import { studentTails } from '../../statistics/index.ts'
import { mean, squaredDeviations } from './pairwise-sum.ts'
import type { NumericSample } from './sample.ts'

/** Two-sided p-value of Student's test of equal means, with one variance for both. */
export function tTest({ values: a }: NumericSample, { values: b }: NumericSample): number {
  const degrees = a.length + b.length - 2
  const variance = (squaredDeviations(a) + squaredDeviations(b)) / degrees
  const error = Math.sqrt(variance * (1 / a.length + 1 / b.length))
  return studentTails((mean(a) - mean(b)) / error, degrees)
}
