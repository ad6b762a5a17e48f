import { betaCdf } from './beta.ts'

/** Probability that a value of Student's distribution is farther from 0 than t, either way. */
export function studentTails(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return NaN
  const square = t * t
  // near the middle the small share is the one that has its digits
  if (square < 1) return 1 - betaCdf(square / (degrees + square), 0.5, degrees / 2)
  return betaCdf(degrees / (degrees + square), degrees / 2, 0.5)
}
