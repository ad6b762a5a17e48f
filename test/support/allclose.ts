/** |actual − expected| ≤ absolute + relative · |expected| for every element. */
export function firstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 1e-6, relative = 0 } = {},
): string | undefined {
  if (actual.length !== expected.length) return `lengths ${actual.length} and ${expected.length}`
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!)
    if (!(difference <= absolute + relative * Math.abs(expected[i]!))) {
      return `element ${i}: got ${actual[i]}, wanted ${expected[i]} (difference ${difference})`
    }
  }
  return undefined
}
