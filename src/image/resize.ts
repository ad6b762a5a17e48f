/**
 * PIL's `Image.resize(…, BILINEAR)` to the bit: a triangle filter, widened when shrinking
 * (antialiasing), in 22-bit fixed point, along rows and along columns, rounded to uint8 in between. After `src/libImaging/Resample.c` of Pillow.
 */
import type { Raster } from './raster.ts'

/** 8 bits of pixel, 2 bits of headroom, the rest of an int32 for the coefficient. */
const PRECISION_BITS = 22
const HALF = 1 << (PRECISION_BITS - 1)

/** For output i: `count[i]` weights from `weights[i * taps]`, for inputs from `first[i]` on. */
interface Filter {
  readonly taps: number
  readonly first: Int32Array
  readonly count: Int32Array
  readonly weights: Int32Array
}

/** The image stretched to `width` x `height`. */
export function resizeBilinear(image: Raster, width: number, height: number): Raster {
  const rows = (input: Raster) => (input.width === width ? input : resizeRows(input, width))
  const columns = (input: Raster) =>
    input.height === height ? input : resizeColumns(input, height)
  return columnsFirst(image, width, height) ? rows(columns(image)) : columns(rows(image))
}

/**
 * Pillow 13 starts with the columns when the height shrinks by much more than the width. The order
 * shows in the rounding between: older versions, always rows first, differ by 1 level there.
 */
function columnsFirst(image: Raster, width: number, height: number): boolean {
  return image.height > height && image.height - height > 2 * (image.width - width)
}

function resizeRows(image: Raster, width: number): Raster {
  const { height, channels, data } = image
  const filter = triangleFilter(image.width, width)
  const out = new Uint8Array(width * height * channels)
  let target = 0
  for (let y = 0; y < height; y++) {
    const row = y * image.width * channels
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < channels; channel++) {
        const start = row + filter.first[x]! * channels + channel
        out[target++] = weigh(data, start, channels, filter, x)
      }
    }
  }
  return { width, height, channels, data: out }
}

function resizeColumns(image: Raster, height: number): Raster {
  const { width, channels, data } = image
  const filter = triangleFilter(image.height, height)
  const stride = width * channels
  const out = new Uint8Array(stride * height)
  let target = 0
  for (let y = 0; y < height; y++) {
    const top = filter.first[y]! * stride
    for (let i = 0; i < stride; i++) out[target++] = weigh(data, top + i, stride, filter, y)
  }
  return { width, height, channels, data: out }
}

/** The weighted sum for output `i`. Weights are never negative and sum to 1, so none leaves 0–255. */
function weigh(data: Uint8Array, start: number, step: number, filter: Filter, i: number): number {
  const count = filter.count[i]!
  let weight = i * filter.taps
  let sum = HALF
  for (let k = 0, at = start; k < count; k++, at += step) {
    sum += data[at]! * filter.weights[weight++]!
  }
  return sum >> PRECISION_BITS
}

function triangleFilter(inputs: number, outputs: number): Filter {
  const scale = inputs / outputs
  const support = Math.max(scale, 1)
  const taps = Math.ceil(support) * 2 + 1
  const first = new Int32Array(outputs)
  const count = new Int32Array(outputs)
  const weights = new Int32Array(outputs * taps)
  for (let i = 0; i < outputs; i++) {
    const center = (i + 0.5) * scale
    first[i] = Math.max(0, Math.trunc(center - support + 0.5))
    count[i] = Math.min(inputs, Math.trunc(center + support + 0.5)) - first[i]!
    const row = Array.from({ length: count[i]! }, (_, k) =>
      Math.max(0, 1 - Math.abs((first[i]! + k - center + 0.5) * (1 / support))),
    )
    const total = row.reduce((sum, weight) => sum + weight, 0)
    row.forEach((weight, k) => {
      weights[i * taps + k] = Math.trunc(0.5 + (weight / total) * 2 ** PRECISION_BITS)
    })
  }
  return { taps, first, count, weights }
}
