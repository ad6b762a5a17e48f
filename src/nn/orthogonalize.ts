import {
  add,
  div,
  matmul,
  mul,
  reduceSum,
  reshape,
  scalar,
  sqrt,
  transpose,
  type Value,
} from '../graph/index.ts'

/** Coefficients of the quintic iteration, its number of steps and the guard of its norm, as PyTorch's Muon has them. */
const [A, B, C] = [3.4445, -4.775, 2.0315]
const STEPS = 5
const EPSILON = 1e-7

/**
 * About the nearest orthogonal matrix to a gradient, of the same shape: U Vᵀ of its decomposition
 * U Σ Vᵀ, with singular values between 0.7 and 1.2 instead of 1 (Jordan et al. 2024, Newton–Schulz).
 * A kernel [out, in, height, width] counts as the matrix [out, in · height · width].
 */
export function orthogonalize(gradient: Value): Value {
  const shape = gradient.shape as readonly number[]
  const [rows, columns] = matrixShape(shape)
  const matrix = reshape(gradient, [rows, columns])
  // the Gram matrix is formed on the shorter side
  const wide = rows > columns ? transpose(matrix, [1, 0]) : matrix
  const norm = add(sqrt(reduceSum(mul(wide, wide), [0, 1])), scalar(EPSILON))
  let x = div(wide, norm)
  for (let step = 0; step < STEPS; step++) {
    const gram = matmul(x, transpose(x, [1, 0]))
    const polynomial = add(mul(gram, scalar(B)), mul(matmul(gram, gram), scalar(C)))
    x = add(mul(x, scalar(A)), matmul(polynomial, x))
  }
  return reshape(rows > columns ? transpose(x, [1, 0]) : x, shape)
}

/** [out, in · height · width] */
export function matrixShape([rows = 1, ...rest]: readonly number[]): readonly [number, number] {
  return [rows, rest.reduce((product, size) => product * size, 1)]
}
