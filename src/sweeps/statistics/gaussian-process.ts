import { type Bounds, boundedMinimum } from './bounded-minimum.ts'
import { cholesky, solveCholesky, solveLower } from './cholesky.ts'
import type { Sample } from './line-search.ts'

/** Points in the unit cube. */
export type Points = readonly (readonly number[])[]

export interface GaussianProcess {
  /** In the units of the values it was fitted to, less their mean, over their standard deviation. */
  predict(point: readonly number[]): { readonly mean: number; readonly deviation: number }
  readonly mean: number
  readonly deviation: number
  /** The natural logarithm of the length over which values are alike. */
  readonly logLength: number
  /** The best length is a bound: the values tell nothing about how they depend on the points. */
  readonly isAtBound: boolean
}

const NOISE = 1e-7
const BOUNDS: Bounds = { low: Math.log(1e-5), high: Math.log(1e5) }
/** The first, and the two places between the bounds that the `sweeps` package's fixed seed draws. */
const STARTS = [
  0,
  ...[0.43599490214200376, 0.025926231827891333].map(
    (share) => BOUNDS.low + share * (BOUNDS.high - BOUNDS.low),
  ),
]
/** Values that are all alike have a deviation that can be divided by. */
const LEAST_DEVIATION = 1e-6

/** Fits a Gaussian process with a Matérn kernel (ν = 3/2) and the likeliest length. */
export function fitGaussianProcess(points: Points, values: readonly number[]): GaussianProcess {
  const { mean, deviation, normal } = standardized(values)
  const squares = squaredDistances(points, points)
  const objective = (logLength: number) => negativeLikelihood(squares, normal, logLength)
  const minima = STARTS.map((start) => boundedMinimum(objective, start, BOUNDS))
  const best = minima.reduce((least, minimum) => (minimum.f < least.f ? minimum : least))
  const logLength = best.x
  const lower = cholesky(covariance(squares, logLength, NOISE), values.length)
  // with this noise on the diagonal there always is one
  if (lower === undefined) throw new RangeError('The covariance is not positive definite.')
  const weights = solveCholesky(lower, normal)
  return {
    mean,
    deviation,
    logLength,
    isAtBound: [BOUNDS.low, BOUNDS.high].some((bound) => isClose(bound, logLength)),
    predict: (point) => {
      const row = covariance(squaredDistances([point], points), logLength, 0)
      const inner = solveLower(lower, row)
      const variance = 1 - dot(inner, inner)
      return { mean: dot(row, weights), deviation: Math.sqrt(Math.max(0, variance)) }
    },
  }
}

/** Divided by the largest first, so that large values do not overflow in the sums. */
function standardized(values: readonly number[]) {
  if (values.length === 1) return { mean: values[0]!, deviation: 1, normal: [0] }
  const scale = Math.max(1, ...values.map(Math.abs))
  const scaled = values.map((value) => value / scale)
  const mean = average(scaled)
  const spread = Math.sqrt(average(scaled.map((value) => (value - mean) ** 2)))
  const deviation = spread + LEAST_DEVIATION / scale
  const normal = scaled.map((value) => (value - mean) / deviation)
  return { mean: mean * scale, deviation: deviation * scale, normal }
}

const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

/** Row by row: of each point to each other. */
function squaredDistances(from: Points, to: Points): Float64Array {
  const result = new Float64Array(from.length * to.length)
  from.forEach((a, i) => {
    to.forEach((b, j) => {
      result[i * to.length + j] = a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0)
    })
  })
  return result
}

/** (1 + √3·r)·e^(−√3·r) for r = distance / length, with noise where a square matrix has its diagonal. */
function covariance(squares: Float64Array, logLength: number, noise: number): Float64Array {
  const length = Math.exp(logLength)
  const result = squares.map((square) => {
    const r = Math.sqrt(3) * (Math.sqrt(square) / length)
    return (1 + r) * Math.exp(-r)
  })
  if (noise === 0) return result
  const n = Math.sqrt(squares.length)
  for (let i = 0; i < n; i++) result[i * n + i]! += noise
  return result
}

/** −ln p(values | points, length), and its slope by the length's logarithm. */
function negativeLikelihood(
  squares: Float64Array,
  values: readonly number[],
  logLength: number,
): Sample {
  const n = values.length
  const lower = cholesky(covariance(squares, logLength, NOISE), n)
  if (lower === undefined) return { f: Infinity, g: 0 }
  const weights = solveCholesky(lower, values)
  let logDeterminant = 0
  for (let i = 0; i < n; i++) logDeterminant += Math.log(lower[i * n + i]!)
  const f = 0.5 * dot(values, weights) + logDeterminant + (n / 2) * Math.log(2 * Math.PI)
  return { f, g: -0.5 * traceOfSlope(squares, lower, weights, Math.exp(logLength)) }
}

/** The trace of (w·wᵀ − K⁻¹)·dK/d ln length. */
function traceOfSlope(
  squares: Float64Array,
  lower: Float64Array,
  weights: Float64Array,
  length: number,
): number {
  const n = weights.length
  let trace = 0
  for (let i = 0; i < n; i++) {
    const unit = new Float64Array(n)
    unit[i] = 1
    const inverse = solveCholesky(lower, unit)
    for (let j = 0; j < n; j++) {
      const square = squares[i * n + j]! / length ** 2
      const slope = 3 * square * Math.exp(-Math.sqrt(3 * square))
      trace += (weights[i]! * weights[j]! - inverse[j]!) * slope
    }
  }
  return trace
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

const isClose = (bound: number, value: number) =>
  Math.abs(bound - value) <= 1e-8 + 1e-5 * Math.abs(value)
