import { betaCdf } from './beta.ts'

/** Probability that a value of Student's distribution is farther from 0 than t, either way. */
export function studentTails(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return NaN
  return betaCdf(degrees / (degrees + t * t), degrees / 2, 0.5)
}
