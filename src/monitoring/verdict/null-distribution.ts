import { countBelow } from '../statistics/sample.ts'
import type { CodedReference } from './coded-rows.ts'
import { type NullOptions, nullScores } from './null-scores.ts'

/** What chance does to windows of one size. */
export interface NullDistribution {
  /** Chance that any measure has such a score: an upper bound, two standard errors above the estimate. */
  adjusted(score: number): number
  /** The least of the scores drawn whose chance is at most α. */
  critical(alpha: number): number
}

export function createNull(
  reference: CodedReference,
  rows: number,
  options: NullOptions,
): NullDistribution {
  const scores = nullScores(reference, rows, options)
  const adjusted = (score: number) => {
    const count = scores.length - countBelow(scores, score)
    return Math.min(1, (count + 1 + 2 * Math.sqrt(count + 1)) / (scores.length + 1))
  }
  return {
    adjusted,
    critical: (alpha) => scores.find((score) => adjusted(score) <= alpha) ?? scores.at(-1)!,
  }
}
