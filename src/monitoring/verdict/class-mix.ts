import { chiSquareTail } from '../../statistics/index.ts'

/** Classes of which the window would have fewer rows are put together. */
const LEAST_EXPECTED = 5
/** −ln p of what a number cannot hold. */
const MOST_SCORE = 740

export interface MixTest {
  readonly statistic: number
  readonly degrees: number
  /** −ln p */
  readonly score: number
}

/** Whether two sets of rows have the same shares of classes: χ² of both counts against their sum. */
export function compareMixes(reference: Float64Array, window: Float64Array): MixTest {
  const [n1, n2] = [sumOf(reference), sumOf(window)]
  const share = n2 / (n1 + n2)
  let [statistic, cells, rareReference, rareWindow] = [0, 0, 0, 0]
  const add = (a: number, b: number) => {
    if (a + b === 0) return
    cells++
    statistic += (b - (a + b) * share) ** 2 / ((a + b) * share * (1 - share))
  }
  for (const [k, b] of window.entries()) {
    const a = reference[k]!
    if ((a + b) * share >= LEAST_EXPECTED) add(a, b)
    else {
      rareReference += a
      rareWindow += b
    }
  }
  add(rareReference, rareWindow)
  const degrees = cells - 1
  const p = degrees > 0 ? chiSquareTail(statistic, degrees) : 1
  return { statistic, degrees, score: Math.min(MOST_SCORE, -Math.log(p)) }
}

/** Rows of each class. */
export function countClasses(predicted: ArrayLike<number>, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (let row = 0; row < predicted.length; row++) counts[predicted[row]!]!++
  return counts
}

export function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
