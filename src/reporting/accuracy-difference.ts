/** A share with the interval that it lies in with 95 % confidence. */
export interface MeasuredShare {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * How much higher the first of two shares is, with 95 % confidence: the two Wilson intervals put together
 * (Newcombe 1998, method 10). It takes the two for independent. Answers of two models to the same images
 * mostly agree, so for these the interval is wider than need be, and never too sure.
 */
export function accuracyDifference(first: MeasuredShare, second: MeasuredShare): MeasuredShare {
  const value = first.value - second.value
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
  }
}
