import { greatestDivisor } from './greatest-divisor.ts'
import { kolmogorovTail } from './kolmogorov.ts'
import { type NumericSample, type PooledSteps, pooledSteps } from './sample.ts'

/** Larger samples are judged by the limit. */
const MOST_EXACT = 10_000

/** Two-sided p-value of the Kolmogorov-Smirnov test, as SciPy's `ks_2samp`. */
export function kolmogorovSmirnov(reference: NumericSample, current: NumericSample): number {
  const [n1, n2] = [reference.sorted.length, current.sorted.length]
  const distance = largestGap(pooledSteps(reference, current), n1, n2)
  if (Math.max(n1, n2) > MOST_EXACT) return asymptotic(distance, n1, n2)
  const p = exactTail(distance, n1, n2)
  return p >= 0 && p <= 1 ? p : asymptotic(distance, n1, n2)
}

/** The largest distance between the two empirical distributions. */
function largestGap({ reference, current }: PooledSteps, n1: number, n2: number): number {
  let largest = 0
  for (let i = 0; i < reference.length; i++) {
    largest = Math.max(largest, Math.abs(reference[i]! / n1 - current[i]! / n2))
  }
  return largest
}

function asymptotic(distance: number, n1: number, n2: number): number {
  return kolmogorovTail(roundHalfEven((n1 * n2) / (n1 + n2)), distance)
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/** The share of orderings of the pooled rows whose distributions are as far apart. */
function exactTail(distance: number, n1: number, n2: number): number {
  const divisor = greatestDivisor(n1, n2)
  const h = Math.round(distance * ((n1 * n2) / divisor))
  if (h === 0) return 1
  if (n1 === n2) return equalSizes(n1, h)
  const [large, small] = n1 > n2 ? [n1, n2] : [n2, n1]
  return unequalSizes(large, small, divisor, h)
}

/** Reflections at both walls, from the farthest inwards. */
function equalSizes(n: number, h: number): number {
  let share = 0
  for (let k = Math.floor(n / h); k >= 0; k--) {
    let paths = 1
    for (let j = 0; j < h; j++) paths *= (n - k * h - j) / (n + k * h + j + 1)
    share = paths * (1 - share)
  }
  return 2 * share
}

/**
 * Walks over the lattice of orderings, column by column; holds the share of paths to each point that
 * have left the band of width h. Outside the band that is all of them; only the inside is kept.
 */
function unequalSizes(m: number, n: number, divisor: number, h: number): number {
  const [a, b] = [m / divisor, n / divisor]
  const lowOf = (i: number) => Math.min(Math.max(Math.floor((b * i - h) / a) + 1, 0), n)
  const highOf = (i: number) => Math.min(Math.ceil((b * i + h) / a), n + 1)
  const shares = new Float64Array(n + 1)
  let [low, high] = [0, highOf(0)]
  for (let i = 1; i <= m; i++) {
    const [nextLow, nextHigh] = [lowOf(i), highOf(i)]
    if (nextHigh <= nextLow) return 1
    let below = nextLow === 0 ? 0 : 1
    for (let j = nextLow; j < nextHigh; j++) {
      const left = j >= low && j < high ? shares[j]! : 1
      below = (i * left + j * below) / (i + j)
      shares[j] = below
    }
    ;[low, high] = [nextLow, nextHigh]
  }
  return shares[n]!
}
