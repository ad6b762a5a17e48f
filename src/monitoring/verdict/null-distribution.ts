import type { CodedReference } from './coded-rows.ts'
import { type NullOptions, nullScores } from './null-scores.ts'

/** What chance does to windows of one size. */
export interface NullDistribution {
  /** Chance that any measure has such a score: an upper bound, two standard errors above the estimate. */
  adjusted(score: number): number
  /** The least score whose chance is at most α. */
  critical(alpha: number): number
}

export function createNull(
  reference: CodedReference,
  rows: number,
  options: NullOptions,
): NullDistribution {
  const scores = nullScores(reference, rows, options)
  const chanceOf = (count: number) =>
    Math.min(1, (count + 1 + 2 * Math.sqrt(count + 1)) / (scores.length + 1))
  return {
    adjusted: (score) => chanceOf(scores.length - countBelow(scores, score)),
    critical: (alpha) => {
      let count = 0
      while (count < scores.length && chanceOf(count + 1) <= alpha) count++
      return scores[scores.length - 1 - count]! + Number.EPSILON
    },
  }
}

function countBelow(sorted: Float64Array, value: number): number {
  let count = sorted.length
  while (count > 0 && sorted[count - 1]! >= value) count--
  return count
}
