import { AtelierError } from '../../core/index.ts'
import { chiSquareTail, normalCdf } from '../../statistics/index.ts'
import type { CategoricalSample } from './sample.ts'

/** How far the sums of a G test's counts may be apart, relative: SciPy's limit. */
const SUM_TOLERANCE = 1.4901161193847656e-8

/** Pearson's χ² of the current counts against the reference's shares; NaN for a single category. */
export function chiSquareTest(reference: CategoricalSample, current: CategoricalSample): number {
  const scale = current.codes.length / reference.codes.length
  let sum = 0
  for (const [k, observed] of current.counts.entries()) {
    const expected = reference.counts[k]! * scale
    sum += (observed - expected) ** 2 / expected
  }
  return chiSquareTail(sum, current.categories.length - 1)
}

/** The likelihood-ratio test of the current counts against the reference's counts, as they are. */
export function gTest(reference: CategoricalSample, current: CategoricalSample): number {
  const [expected, observed] = [reference.codes.length, current.codes.length]
  if (Math.abs(observed - expected) / Math.min(observed, expected) > SUM_TOLERANCE) {
    throw unequal('g_test', expected, observed)
  }
  let sum = 0
  for (const [k, count] of current.counts.entries()) {
    if (count > 0) sum += 2 * count * Math.log(count / reference.counts[k]!)
  }
  return chiSquareTail(sum, current.categories.length - 1)
}

/** Two-sided test of equal shares of rows that are not the smallest category. */
export function zTest(reference: CategoricalSample, current: CategoricalSample): number {
  if (current.categories.length === 1) return 1
  const [n1, n2] = [reference.codes.length, current.codes.length]
  const [p1, p2] = [(n1 - reference.counts[0]!) / n1, (n2 - current.counts[0]!) / n2]
  const pooled = (p1 * n1 + p2 * n2) / (n1 + n2)
  const z = (p1 - p2) / Math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
  // the difference from 1, not the tail: beyond 8.3 deviations it is nothing
  return 2 * (1 - normalCdf(Math.abs(z)))
}

/** Two-sided exact test of a 2 × 2 table; both sides must have equally many rows. */
export function fisherExactTest(reference: CategoricalSample, current: CategoricalSample): number {
  const size = reference.codes.length
  if (current.codes.length !== size) throw unequal('fisher_exact', size, current.codes.length)
  const { length } = current.categories
  if (length > 2) {
    throw new AtelierError(
      'DRIFT_INPUT',
      `fisher_exact got ${length} categories, wanted at most 2.`,
      {
        hint: 'Choose another test for this column: chisquare, jensenshannon or TVD.',
      },
    )
  }
  return tableTails(current.counts[0]!, size, reference.counts[0]! + current.counts[0]!)
}

/** Probability of tables no likelier than that with `observed`, of `drawn` in all, in one of two rows of `size`. */
function tableTails(observed: number, size: number, drawn: number): number {
  const [least, most] = [Math.max(0, drawn - size), Math.min(size, drawn)]
  const middle = Math.floor(drawn / 2)
  const weights = new Float64Array(most - least + 1)
  // of C(size, k)·C(size, drawn − k): each from its neighbour, outwards from the likeliest
  weights[middle - least] = 1
  for (let k = middle + 1; k <= most; k++) {
    const ratio = ((size - k + 1) * (drawn - k + 1)) / (k * (size - drawn + k))
    weights[k - least] = weights[k - 1 - least]! * ratio
  }
  for (let k = middle - 1; k >= least; k--) {
    const ratio = ((k + 1) * (size - drawn + k + 1)) / ((size - k) * (drawn - k))
    weights[k - least] = weights[k + 1 - least]! * ratio
  }
  const limit = weights[observed - least]! * (1 + 1e-7)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const tails = weights.reduce((sum, weight) => (weight <= limit ? sum + weight : sum), 0)
  return tails / total
}

function unequal(test: string, reference: number, current: number): AtelierError {
  return new AtelierError(
    'DRIFT_INPUT',
    `${test} got ${reference} reference and ${current} current rows, wanted equally many.`,
    { hint: 'Choose another test for this column: chisquare, jensenshannon or TVD.' },
  )
}
