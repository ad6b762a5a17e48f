import type { FeatureSummary, InputFeatureSummary } from '../contracts/index.ts'

/** Per image, pixels scaled to [-1, 1]: their mean, and their population standard deviation. */
export interface InputFeatures {
  readonly avg_brightness: Float64Array<ArrayBuffer>
  readonly contrast: Float64Array<ArrayBuffer>
}

/** Features of `count` images of equal size that lie one after another in `pixels` (uint8). */
export function inputFeatures(pixels: Uint8Array, count: number): InputFeatures {
  const size = count === 0 ? 0 : pixels.length / count
  const avg_brightness = new Float64Array(count)
  const contrast = new Float64Array(count)
  for (let image = 0; image < count; image++) {
    // Integer sums are exact, so the result does not depend on the order of summation.
    let sum = 0
    let squares = 0
    for (let i = image * size; i < (image + 1) * size; i++) {
      const pixel = pixels[i]!
      sum += pixel
      squares += pixel * pixel
    }
    avg_brightness[image] = brightnessOf(sum, size)
    contrast[image] = contrastOf(sum, squares, size)
  }
  return { avg_brightness, contrast }
}

/** `sum` of `size` pixels, uint8. */
export function brightnessOf(sum: number, size: number): number {
  return (2 * sum) / (255 * size) - 1
}

/** `sum` of `size` pixels, uint8, and of their squares. */
export function contrastOf(sum: number, squares: number, size: number): number {
  return (2 * Math.sqrt(size * squares - sum * sum)) / (255 * size)
}

/** Mean, population standard deviation and range of each feature over a set of images. */
export function summarizeFeatures(features: InputFeatures): InputFeatureSummary {
  return {
    avg_brightness: summarize(features.avg_brightness),
    contrast: summarize(features.contrast),
  }
}

function summarize(values: Float64Array): FeatureSummary {
  if (values.length === 0) return { mean: 0, std: 0, min: 0, max: 0 }
  let sum = 0
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const value of values) {
    sum += value
    min = Math.min(min, value)
    max = Math.max(max, value)
  }
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, std: Math.sqrt(squares / values.length), min, max }
}
