/** The rows of a PNG file: filters undone, samples cut to 8 bits, alpha dropped, palette looked up. */
import { inflateSync } from 'node:zlib'
import { inflateSmall } from './inflate-small.ts'
import {
  certain,
  doubtful,
  type NotRead,
  PNG_COLOR,
  type PngColor,
  type PngFile,
} from './png-file.ts'
import type { Raster } from './raster.ts'

const SAMPLES: Readonly<Record<PngColor, number>> = {
  [PNG_COLOR.grey]: 1,
  [PNG_COLOR.rgb]: 3,
  [PNG_COLOR.palette]: 1,
  [PNG_COLOR.greyAlpha]: 2,
  [PNG_COLOR.rgba]: 4,
}

const NONE = 0
const SUB = 1
const UP = 2
const AVERAGE = 3
const PAETH = 4
/** The first row has zeros above it; so each filter is another there, and one is only there. */
const AVERAGE_FIRST = 5
const FIRST_ROW = [NONE, SUB, NONE, AVERAGE_FIRST, SUB] as const

/**
 * libpng unpacks what comes after the last row to throw it away, which may take seconds. A little is
 * left to it, for the sake of careless encoders.
 */
const MAX_SURPLUS = 2 ** 16
/** Up to here zlib takes longer to be set up than to work. */
const SMALL_BYTES = 4096

/** The picture; grey files give one channel, all others three. Unpacks no more than its rows take. */
export function decodePngPixels(file: PngFile): Raster | NotRead {
  const { header, palette } = file
  const { width, height, depth, color } = header
  const bits = SAMPLES[color] * depth
  const stride = Math.ceil((width * bits) / 8)
  const size = (stride + 1) * height
  const rows = inflateRows(file.compressed, size)
  if ('fault' in rows) return rows
  if (!unfilter(rows, stride, height, Math.max(1, bits >> 3))) {
    return certain('a row has an unknown filter')
  }
  const channels = color === PNG_COLOR.grey || color === PNG_COLOR.greyAlpha ? 1 : 3
  const data = new Uint8Array(width * height * channels)
  if (palette) lookUp(rows, data, width, stride, depth, palette)
  else if (depth < 8) unpack(rows, data, width, stride, depth)
  else if (channels === 1) takeGrey(rows, data, width, stride, bits >> 3)
  else takeRgb(rows, data, width, stride, bits >> 3, depth >> 3)
  return { width, height, channels, data }
}

function inflateRows(compressed: Uint8Array, size: number): Uint8Array | NotRead {
  // A window smaller than the rows limits how far back the stream may refer, and zlib, which has
  // all rows before it, would not check that.
  const window = 1 << (8 + (compressed[0]! >> 4))
  if (window < 32768 && window < size) return doubtful('its compression window is small')
  const small = new Uint8Array(size)
  if (size <= SMALL_BYTES && inflateSmall(compressed, small)) return small
  try {
    // One byte of room to spare, so that a stream that ends with the rows is seen to end.
    const chunkSize = Math.max(64, size + 1)
    const rows = inflateSync(compressed, { maxOutputLength: size + MAX_SURPLUS, chunkSize })
    if (rows.length === size) return rows
    if (rows.length < size) return certain('rows are missing')
    return doubtful('it has more rows than its header says')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') return certain('it unpacks to far more than its pixels')
    return doubtful(`its pixels are damaged (${message})`)
  }
}

/** Undoes the filters in place. `step` is the distance to the pixel on the left. */
function unfilter(rows: Uint8Array, stride: number, height: number, step: number): boolean {
  for (let y = 0, start = 1; y < height; y++, start += stride + 1) {
    const filter = rows[start - 1]!
    if (filter > PAETH) return false
    unfilterRow(rows, start, start + stride, step, y === 0 ? FIRST_ROW[filter]! : filter)
  }
  return true
}

function unfilterRow(rows: Uint8Array, start: number, end: number, step: number, filter: number) {
  const up = end - start + 1
  const second = Math.min(start + step, end)
  if (filter === SUB) {
    for (let i = second; i < end; i++) rows[i] = rows[i]! + rows[i - step]!
  } else if (filter === UP) {
    for (let i = start; i < end; i++) rows[i] = rows[i]! + rows[i - up]!
  } else if (filter === AVERAGE) {
    for (let i = start; i < second; i++) rows[i] = rows[i]! + (rows[i - up]! >> 1)
    for (let i = second; i < end; i++) {
      rows[i] = rows[i]! + ((rows[i - step]! + rows[i - up]!) >> 1)
    }
  } else if (filter === AVERAGE_FIRST) {
    for (let i = second; i < end; i++) rows[i] = rows[i]! + (rows[i - step]! >> 1)
  } else if (filter === PAETH) {
    for (let i = start; i < second; i++) rows[i] = rows[i]! + rows[i - up]!
    for (let i = second; i < end; i++) {
      rows[i] = rows[i]! + paeth(rows[i - step]!, rows[i - up]!, rows[i - up - step]!)
    }
  }
}

/** Whichever of left, above and above-left is nearest to left + above − above-left. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

/** The first sample of each pixel; of 16 bits the upper 8, which come first. */
function takeGrey(rows: Uint8Array, out: Uint8Array, width: number, stride: number, step: number) {
  for (let start = 1, to = 0; to < out.length; start += stride + 1) {
    for (let x = 0, from = start; x < width; x++, from += step) out[to++] = rows[from]!
  }
}

function takeRgb(
  rows: Uint8Array,
  out: Uint8Array,
  width: number,
  stride: number,
  step: number,
  sample: number,
) {
  for (let start = 1, to = 0; to < out.length; start += stride + 1) {
    for (let x = 0, from = start; x < width; x++, from += step, to += 3) {
      out[to] = rows[from]!
      out[to + 1] = rows[from + sample]!
      out[to + 2] = rows[from + 2 * sample]!
    }
  }
}

/** Grey of 1, 2 or 4 bits, stretched to 0–255. */
function unpack(rows: Uint8Array, out: Uint8Array, width: number, stride: number, depth: number) {
  const most = (1 << depth) - 1
  const scale = 255 / most
  for (let start = 1, to = 0; to < out.length; start += stride + 1) {
    for (let x = 0; x < width; x++) out[to++] = sampleAt(rows, start, x, depth) * scale
  }
}

function lookUp(
  rows: Uint8Array,
  out: Uint8Array,
  width: number,
  stride: number,
  depth: number,
  palette: Uint8Array,
) {
  for (let start = 1, to = 0; to < out.length; start += stride + 1) {
    for (let x = 0; x < width; x++, to += 3) {
      const entry = sampleAt(rows, start, x, depth) * 3
      out[to] = palette[entry]!
      out[to + 1] = palette[entry + 1]!
      out[to + 2] = palette[entry + 2]!
    }
  }
}

/** Samples of at most 8 bits stand from the highest bit of each byte on. */
function sampleAt(rows: Uint8Array, start: number, x: number, depth: number): number {
  const bit = x * depth
  return (rows[start + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
}
