import { logGamma } from '../../statistics/index.ts'

const SCALE = 2 ** 128

/** Probability that the empirical distribution of n values is nowhere farther than x from the true one, exactly. */
export function durbinCdf(n: number, x: number): number {
  const k = Math.ceil(n * x)
  const size = 2 * k - 1
  const power = matrixPower(transitions(size, k - n * x), size, n)
  const value = power.matrix[(k - 1) * size + k - 1]!
  // n!/nⁿ
  const logFactor = logGamma(n + 1) - n * Math.log(n) + power.exponent * Math.log(SCALE)
  return Math.min(1, Math.max(0, value * Math.exp(logFactor)))
}

/** Marsaglia, Tsang and Wang's matrix ("Evaluating Kolmogorov's distribution", 2003). */
function transitions(size: number, f: number): Float64Array {
  const inverse = new Float64Array(size + 1).fill(1)
  for (let i = 1; i <= size; i++) inverse[i] = inverse[i - 1]! / i
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(i + 1, size - 1); j++) matrix[i * size + j] = inverse[i - j + 1]!
  }
  for (let i = 0; i < size; i++) {
    const edge = (1 - f ** (i + 1)) * inverse[i + 1]!
    matrix[i * size] = edge
    matrix[(size - 1) * size + size - 1 - i] = edge
  }
  const corner = 1 - 2 * f ** size + Math.max(0, 2 * f - 1) ** size
  matrix[(size - 1) * size] = corner * inverse[size]!
  return matrix
}

interface Scaled {
  readonly matrix: Float64Array
  /** How often 2¹²⁸ was divided out. */
  readonly exponent: number
}

function matrixPower(matrix: Float64Array, size: number, power: number): Scaled {
  if (power === 1) return { matrix, exponent: 0 }
  const half = matrixPower(matrix, size, Math.floor(power / 2))
  let result = product(half.matrix, half.matrix, size)
  if (power % 2 === 1) result = product(matrix, result, size)
  const middle = result[((size - 1) / 2) * (size + 1)]!
  if (middle < SCALE) return { matrix: result, exponent: 2 * half.exponent }
  return { matrix: result.map((value) => value / SCALE), exponent: 2 * half.exponent + 1 }
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const result = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!
      if (factor === 0) continue
      for (let j = 0; j < size; j++) result[i * size + j]! += factor * b[k * size + j]!
    }
  }
  return result
}
