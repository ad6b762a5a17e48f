const UNROLLED = 8
const BLOCK = 128

/**
 * The sum in NumPy's order, in which rounding errors hardly grow. Whether the values of a constant
 * column differ from their mean hangs on this very order.
 */
export function pairwiseSum(values: Float64Array, start = 0, end = values.length): number {
  const length = end - start
  if (length < UNROLLED) return runningSum(values, start, end, 0)
  if (length > BLOCK) {
    const half = Math.floor(length / 2)
    const middle = start + half - (half % UNROLLED)
    return pairwiseSum(values, start, middle) + pairwiseSum(values, middle, end)
  }
  const r = values.slice(start, start + UNROLLED)
  const whole = end - (length % UNROLLED)
  for (let i = start + UNROLLED; i < whole; i += UNROLLED) {
    for (let lane = 0; lane < UNROLLED; lane++) r[lane]! += values[i + lane]!
  }
  const sum = r[0]! + r[1]! + (r[2]! + r[3]!) + (r[4]! + r[5]! + (r[6]! + r[7]!))
  return runningSum(values, whole, end, sum)
}

export function mean(values: Float64Array): number {
  return pairwiseSum(values) / values.length
}

/** Σ (value − mean)². */
export function squaredDeviations(values: Float64Array): number {
  const center = mean(values)
  return pairwiseSum(values.map((value) => (value - center) ** 2))
}

function runningSum(values: Float64Array, start: number, end: number, from: number): number {
  let sum = from
  for (let i = start; i < end; i++) sum += values[i]!
  return sum
}
