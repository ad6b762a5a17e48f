/**
 * PIL's `Image.resize(…, BILINEAR)` to the bit: a triangle filter, widened when shrinking
 * (antialiasing), in 22-bit fixed point, along rows and along columns, rounded to uint8 in between.
 * After `src/libImaging/Resample.c` of Pillow.
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
  const { height, channels } = image
  const filter = triangleFilter(image.width, width)
  const out = new Uint8Array(width * height * channels)
  if (channels === 1) weighGreyRows(image, filter, out)
  else weighRgbRows(image, filter, out)
  return { width, height, channels, data: out }
}

/*
 * The loops below are most of the time of a resize. Math.imul and `| 0` keep their sums in int32
 * without checks for overflow: weights are never negative and sum to 1, so no sum leaves 0–255.
 */

/** Four rows at a time, so that each weight is read once for four pixels. */
function weighGreyRows({ data, width, height }: Raster, filter: Filter, out: Uint8Array): void {
  const { taps, first, count, weights } = filter
  const outputs = first.length
  for (let y = 0; y < height; y += 4) {
    // What is left of the last four is the last row again.
    const second = Math.min(1, height - 1 - y)
    const third = Math.min(2, height - 1 - y)
    const fourth = Math.min(3, height - 1 - y)
    for (let x = 0; x < outputs; x++) {
      let a = HALF
      let b = HALF
      let c = HALF
      let d = HALF
      let at = y * width + first[x]!
      const end = x * taps + count[x]!
      for (let k = x * taps; k < end; k++, at++) {
        const weight = weights[k]!
        a = (a + Math.imul(data[at]!, weight)) | 0
        b = (b + Math.imul(data[at + second * width]!, weight)) | 0
        c = (c + Math.imul(data[at + third * width]!, weight)) | 0
        d = (d + Math.imul(data[at + fourth * width]!, weight)) | 0
      }
      const to = y * outputs + x
      out[to] = a >> PRECISION_BITS
      out[to + second * outputs] = b >> PRECISION_BITS
      out[to + third * outputs] = c >> PRECISION_BITS
      out[to + fourth * outputs] = d >> PRECISION_BITS
    }
  }
}

function weighRgbRows(image: Raster, filter: Filter, out: Uint8Array): void {
  const { data } = image
  const { taps, first, count, weights } = filter
  for (let row = 0, to = 0; to < out.length; row += image.width * 3) {
    for (let x = 0; x < first.length; x++, to += 3) {
      const start = row + first[x]! * 3
      const end = start + count[x]! * 3
      let red = HALF
      let green = HALF
      let blue = HALF
      for (let at = start, k = x * taps; at < end; at += 3, k++) {
        const weight = weights[k]!
        red = (red + Math.imul(data[at]!, weight)) | 0
        green = (green + Math.imul(data[at + 1]!, weight)) | 0
        blue = (blue + Math.imul(data[at + 2]!, weight)) | 0
      }
      out[to] = red >> PRECISION_BITS
      out[to + 1] = green >> PRECISION_BITS
      out[to + 2] = blue >> PRECISION_BITS
    }
  }
}

function resizeColumns(image: Raster, height: number): Raster {
  const { width, channels } = image
  const filter = triangleFilter(image.height, height)
  const stride = width * channels
  const out = new Uint8Array(stride * height)
  const sums = new Int32Array(stride)
  for (let y = 0; y < height; y++) {
    sums.fill(HALF)
    weighColumns(image.data, filter, y, sums)
    for (let i = 0, to = y * stride; i < stride; i++) out[to++] = sums[i]! >> PRECISION_BITS
  }
  return { width, height, channels, data: out }
}

/** Adds the weighted input rows of output row `y`, two at a time: memory is read row by row. */
function weighColumns(data: Uint8Array, filter: Filter, y: number, sums: Int32Array): void {
  const { weights } = filter
  const stride = sums.length
  const start = y * filter.taps
  const end = start + filter.count[y]!
  let upper = filter.first[y]! * stride
  for (let k = start; k < end; k += 2, upper += 2 * stride) {
    const weight = weights[k]!
    // An odd last row is paired with itself, at no weight.
    const last = k + 1 === end
    const lower = last ? upper : upper + stride
    const lowerWeight = last ? 0 : weights[k + 1]!
    for (let i = 0; i < stride; i++) {
      const pair = Math.imul(data[upper + i]!, weight) + Math.imul(data[lower + i]!, lowerWeight)
      sums[i] = (sums[i]! + pair) | 0
    }
  }
}

function triangleFilter(inputs: number, outputs: number): Filter {
  const scale = inputs / outputs
  const support = Math.max(scale, 1)
  const taps = Math.ceil(support) * 2 + 1
  const first = new Int32Array(outputs)
  const count = new Int32Array(outputs)
  const weights = new Int32Array(outputs * taps)
  const row = new Float64Array(taps)
  for (let i = 0; i < outputs; i++) {
    const center = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const length = Math.min(inputs, Math.trunc(center + support + 0.5)) - start
    let total = 0
    for (let k = 0; k < length; k++) {
      const weight = Math.max(0, 1 - Math.abs((start + k - center + 0.5) * (1 / support)))
      row[k] = weight
      total += weight
    }
    for (let k = 0; k < length; k++) {
      weights[i * taps + k] = Math.trunc(0.5 + (row[k]! / total) * 2 ** PRECISION_BITS)
    }
    first[i] = start
    count[i] = length
  }
  return { taps, first, count, weights }
}
