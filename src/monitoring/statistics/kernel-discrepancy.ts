import { AtelierError, createRandom, permutation } from '../../core/index.ts'
import { type NumericSample, numericSample } from './sample.ts'

const PERMUTATIONS = 100
/** Every pair of rows is compared: more would take minutes. */
const MOST_ROWS = 20_000
/** Of equal statistics, whose kernels are added up in another order. */
const ROUNDING = 1e-12

export interface KernelDiscrepancy {
  /** Unbiased: may be below 0. */
  readonly statistic: number
  /** Share of 100 permutations of a fixed seed whose statistic is as large, ties included. */
  readonly p: number
}

/** Maximum mean discrepancy with a Gaussian kernel as wide as the reference's median distance. */
export function kernelDiscrepancy(
  reference: NumericSample,
  current: NumericSample,
): KernelDiscrepancy {
  const [n1, n2] = [reference.values.length, current.values.length]
  requireSizes(n1, n2)
  const pooled = new Float64Array(n1 + n2)
  pooled.set(reference.values)
  pooled.set(current.values, n1)
  const order = [...pooled.keys()].sort((i, j) => pooled[i]! - pooled[j]!)
  const { sorted } = numericSample(pooled)
  const width = medianSquare(reference.sorted)
  const gamma = width > 0 ? 1 / width : 1
  const sums = rowSums(sorted, gamma)
  const isCurrent = Uint8Array.from(order, (row) => (row < n1 ? 0 : 1))
  const statistic = discrepancy(sorted, gamma, sums, isCurrent, n2)
  const random = createRandom(0, 'drift')
  let asFar = 0
  for (let i = 0; i < PERMUTATIONS; i++) {
    const shuffled = permutation(pooled.length, random)
    const labels = Uint8Array.from(shuffled, (row) => (row < n1 ? 0 : 1))
    if (discrepancy(sorted, gamma, sums, labels, n2) >= statistic - ROUNDING) asFar++
  }
  return { statistic, p: asFar / PERMUTATIONS }
}

function requireSizes(n1: number, n2: number): void {
  if (Math.min(n1, n2) >= 2 && n1 + n2 <= MOST_ROWS) return
  throw new AtelierError(
    'DRIFT_INPUT',
    `emperical_mmd got ${n1} reference and ${n2} current rows, wanted two or more of each and at most ${MOST_ROWS} in all.`,
    { hint: 'Choose another test for this column, such as ks or wasserstein.' },
  )
}

/** The median of all squared distances, those of each value to itself included: the lower one of two. */
function medianSquare(sorted: Float64Array): number {
  const n = sorted.length
  const wanted = medianRank(n * n)
  let [low, high] = [0, sorted[n - 1]! - sorted[0]!]
  if (pairsWithin(sorted, 0) > wanted) return 0
  // the bits of a distance are ordered as it is: halving them finds it exactly
  for (let i = 0; i < 1100 && low < high; i++) {
    const middle = low + (high - low) / 2
    if (middle === low || middle === high) break
    if (pairsWithin(sorted, middle) > wanted) high = middle
    else low = middle
  }
  return high * high
}

/** Which of so many sorted values is the nearest to their middle; of two, the even place. */
function medianRank(count: number): number {
  const middle = (count - 1) / 2
  const floor = Math.floor(middle)
  if (middle === floor) return middle
  return floor % 2 === 0 ? floor : floor + 1
}

/** Ordered pairs of values, each with itself too, at most `distance` apart. */
function pairsWithin(sorted: Float64Array, distance: number): number {
  let [pairs, low] = [0, 0]
  for (let i = 0; i < sorted.length; i++) {
    while (sorted[i]! - sorted[low]! > distance) low++
    pairs += 2 * (i - low) + 1
  }
  return pairs
}

/** Of each value, its kernel with all others. */
function rowSums(sorted: Float64Array, gamma: number): Float64Array {
  const sums = new Float64Array(sorted.length)
  for (let i = 0; i < sorted.length; i++) {
    for (let j = i + 1; j < sorted.length; j++) {
      const kernel = Math.exp(-gamma * (sorted[j]! - sorted[i]!) ** 2)
      sums[i]! += kernel
      sums[j]! += kernel
    }
  }
  return sums
}

/** The statistic when the rows so labelled are the current ones. */
function discrepancy(
  sorted: Float64Array,
  gamma: number,
  sums: Float64Array,
  isCurrent: Uint8Array,
  n2: number,
): number {
  const n1 = sorted.length - n2
  const label = n2 <= n1 ? 1 : 0
  const few = Float64Array.from(sorted.filter((_, i) => isCurrent[i] === label))
  const total = sums.reduce((sum, value) => sum + value, 0)
  const within = 2 * upperSum(few, gamma)
  const across = sums.reduce((sum, value, i) => sum + (isCurrent[i] === label ? value : 0), -within)
  const rest = total - within - 2 * across
  const [ofCurrent, ofReference] = label === 1 ? [within, rest] : [rest, within]
  return ofReference / (n1 * (n1 - 1)) + ofCurrent / (n2 * (n2 - 1)) - (2 * across) / (n1 * n2)
}

/** The kernel over all pairs of different rows, each pair once. */
function upperSum(sorted: Float64Array, gamma: number): number {
  let sum = 0
  for (let i = 0; i < sorted.length; i++) {
    for (let j = i + 1; j < sorted.length; j++) {
      sum += Math.exp(-gamma * (sorted[j]! - sorted[i]!) ** 2)
    }
  }
  return sum
}
