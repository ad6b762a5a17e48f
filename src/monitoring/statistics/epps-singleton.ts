import { AtelierError } from '../../core/index.ts'
import { chiSquareTail } from '../../statistics/index.ts'
import { mean, pairwiseSum } from './pairwise-sum.ts'
import { type NumericSample, type PooledSteps, pooledSteps } from './sample.ts'
import { symmetricEigen } from './symmetric-eigen.ts'

const LEAST_ROWS = 5
/** Where the characteristic functions are compared, in halves of the interquartile range. */
const POINTS = [0.4, 0.8] as const
const FEATURES = 2 * POINTS.length
/** With fewer rows the statistic is corrected. */
const FEW_ROWS = 25
/** Eigenvalues that are nothing beside the largest. */
const RANK_TOLERANCE = 1e-13

/** p-value of the Epps-Singleton test: it compares the samples' empirical characteristic functions. */
export function eppsSingleton(reference: NumericSample, current: NumericSample): number {
  const scale = halfQuartileRange(reference, current)
  const [n1, n2] = [reference.values.length, current.values.length]
  if (Math.min(n1, n2) < LEAST_ROWS) {
    throw refused(
      `got ${n1} reference and ${n2} current rows, wanted ${LEAST_ROWS} or more of each`,
    )
  }
  const [a, b] = [featuresOf(reference, scale), featuresOf(current, scale)]
  const n = n1 + n2
  const [covA, covB] = [covariance(a), covariance(b)]
  const pooled = covA.map((value, i) => (n / n1) * value + (n / n2) * covB[i]!)
  const gaps = a.map((column, i) => mean(column) - mean(b[i]!))
  const { statistic, rank } = generalizedSquare(pooled, gaps)
  const small = 1 / (1 + n ** -0.45 + 10.1 * (n1 ** -1.7 + n2 ** -1.7))
  return chiSquareTail(n * statistic * (Math.max(n1, n2) < FEW_ROWS ? small : 1), rank)
}

function halfQuartileRange(reference: NumericSample, current: NumericSample): number {
  const steps = pooledSteps(reference, current)
  const range = pooledQuantile(steps, 0.75) - pooledQuantile(steps, 0.25)
  if (range > 0) return range / 2
  throw refused('got a column whose middle half is one value, wanted several')
}

/** The value that a share of the pooled rows lies below, between neighbours in proportion. */
function pooledQuantile({ values, reference, current }: PooledSteps, share: number): number {
  const rows = reference.at(-1)! + current.at(-1)!
  const position = share * (rows - 1)
  const low = values.findIndex((_, i) => reference[i]! + current[i]! > Math.floor(position))
  const isLast = reference[low]! + current[low]! > Math.floor(position) + 1
  const high = isLast ? low : Math.min(low + 1, values.length - 1)
  return values[low]! + (values[high]! - values[low]!) * (position - Math.floor(position))
}

function featuresOf({ values }: NumericSample, scale: number): Float64Array[] {
  const waves = POINTS.map((point) => point / scale)
  return [Math.cos, Math.sin].flatMap((f) => waves.map((t) => values.map((x) => f(t * x))))
}

/** Population covariances, row by row. */
function covariance(columns: readonly Float64Array[]): Float64Array {
  const centred = columns.map((column) => {
    const center = mean(column)
    return column.map((value) => value - center)
  })
  const result = new Float64Array(FEATURES * FEATURES)
  for (const [i, a] of centred.entries()) {
    for (const [j, b] of centred.slice(0, i + 1).entries()) {
      const products = a.map((value, row) => value * b[row]!)
      result[i * FEATURES + j] = pairwiseSum(products) / a.length
      result[j * FEATURES + i] = result[i * FEATURES + j]!
    }
  }
  return result
}

/** gapsᵀ · matrix⁺ · gaps, and the rank of the matrix. */
function generalizedSquare(matrix: Float64Array, gaps: readonly number[]) {
  const { values, vectors } = symmetricEigen(matrix, FEATURES)
  const largest = Math.max(...values)
  let [statistic, rank] = [0, 0]
  for (const [k, value] of values.entries()) {
    if (value <= RANK_TOLERANCE * largest) continue
    const along = gaps.reduce((sum, gap, i) => sum + gap * vectors[i * FEATURES + k]!, 0)
    statistic += along ** 2 / value
    rank++
  }
  return { statistic, rank }
}

function refused(problem: string): AtelierError {
  return new AtelierError('DRIFT_INPUT', `es ${problem}.`, {
    hint: 'Choose another test for this column, such as ks or wasserstein.',
  })
}
