import { chiSquareTail } from '../../statistics/index.ts'
import type { MixTest } from './class-mix.ts'

/** Normal quantile of a power of 80 %. */
const POWER_QUANTILE = 0.8416212335729143
/** Mean square of √n times the largest gap between samples of the same distribution: π²/12. */
const NOISE = Math.PI ** 2 / 12

/**
 * Rows that a window would need for a gap of this size to be significant in four of five windows,
 * with a reference of `reference` rows; null when no number of rows would do. Of the observed gap, what
 * chance alone gives is taken off first. `critical`: the largest √n · gap that chance explains.
 */
export function rowsForGap(
  gap: number,
  rows: number,
  reference: number,
  critical: number,
): number | null {
  const square = gap ** 2 - NOISE * (1 / rows + 1 / reference)
  if (square <= 0) return null
  // at the place of the gap, shares vary by at most a half over √n
  const effective = ((critical + POWER_QUANTILE / 2) / Math.sqrt(square)) ** 2
  return fromEffective(effective, reference)
}

/** The same for shares of classes; `critical` is −ln of the p-value wanted. */
export function rowsForMix(
  { statistic, degrees }: MixTest,
  rows: number,
  reference: number,
  critical: number,
): number | null {
  const effective = (rows * reference) / (rows + reference)
  const excess = (statistic - degrees) / effective
  if (excess <= 0 || degrees <= 0) return null
  const wanted = chiSquareQuantile(critical, degrees)
  // of a noncentral χ², as a normal: mean degrees + x, variance 2(degrees + 2x)
  const isEnough = (x: number) =>
    degrees + x - POWER_QUANTILE * Math.sqrt(2 * (degrees + 2 * x)) >= wanted
  return fromEffective(bisect(isEnough) / excess, reference)
}

/** n with n·reference / (n + reference) = effective. */
function fromEffective(effective: number, reference: number): number | null {
  if (effective >= reference) return null
  return Math.ceil((effective * reference) / (reference - effective))
}

function chiSquareQuantile(score: number, degrees: number): number {
  return bisect((x) => -Math.log(chiSquareTail(x, degrees)) >= score)
}

/** The least x from which on the condition holds. */
function bisect(holds: (x: number) => boolean): number {
  let [low, high] = [0, 1]
  while (!holds(high) && high < 1e9) high *= 2
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
