import type { ImageGeometry } from '../contracts/index.ts'
import { at, type Corruption, type PerSeverity, planesOf } from './corruption.ts'

const QUALITY: PerSeverity<number> = [80, 65, 58, 50, 40]
const BLOCK = 8

/** Annex K of the JPEG standard (ITU-T T.81), tables K.1 and K.2, row by row. */
const LUMINANCE = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
]
const CHROMINANCE = [
  [17, 18, 24, 47, 99, 99, 99, 99],
  [18, 21, 26, 66, 99, 99, 99, 99],
  [24, 26, 56, 99, 99, 99, 99, 99],
  [47, 66, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
  [99, 99, 99, 99, 99, 99, 99, 99],
]

/**
 * What JPEG loses, without the file: packing the coefficients loses nothing, so it is left out. As
 * libjpeg does it, colour at half the resolution, and the same on every machine.
 */
export const jpegCompression: Corruption = {
  family: 'digital',
  meaning: 'Saved as JPEG: blocks, ringing, coarse colour.',
  prepare: (geometry, severity) => {
    const quality = at(QUALITY, severity)
    const lumaTable = quantization(LUMINANCE, quality)
    const luma = planeCodec(geometry, lumaTable)
    if (geometry.channels === 1) {
      return (pixels) => {
        for (const plane of planesOf(pixels, geometry)) inLevels(plane, luma)
      }
    }
    const half = { height: Math.ceil(geometry.height / 2), width: Math.ceil(geometry.width / 2) }
    const chroma = planeCodec(half, quantization(CHROMINANCE, quality))
    return (pixels) => {
      const planes = planesOf(pixels, geometry)
      toYcc(planes)
      inLevels(planes[0]!, luma)
      for (const plane of planes.slice(1)) {
        const small = halved(plane, geometry, half)
        inLevels(small, chroma)
        doubled(small, half, plane, geometry)
      }
      fromYcc(planes)
    }
  },
}

/** libjpeg's rule: quality 50 takes the table as it is, 100 makes it all ones. */
function quantization(table: readonly (readonly number[])[], quality: number): Float64Array {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  return Float64Array.from(table.flat(), (step) =>
    Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))),
  )
}

/** Runs a codec of whole levels, −128 to 127, on pixels in [0, 1]. */
function inLevels(plane: Float32Array, codec: (levels: Float32Array) => void): void {
  for (let i = 0; i < plane.length; i++) plane[i] = Math.round(plane[i]! * 255) - 128
  codec(plane)
  for (let i = 0; i < plane.length; i++) {
    plane[i] = Math.min(255, Math.max(0, Math.round(plane[i]!) + 128)) / 255
  }
}

/** Transforms each block, rounds its coefficients to the steps of the table, and transforms back. */
function planeCodec(
  { height, width }: Pick<ImageGeometry, 'height' | 'width'>,
  steps: Float64Array,
): (plane: Float32Array) => void {
  const cosines = transformMatrix()
  const transposed = transpose(cosines)
  const [block, half] = [new Float64Array(BLOCK * BLOCK), new Float64Array(BLOCK * BLOCK)]
  // an image whose sides are no multiple of 8 goes on with its last row and column
  const row = (y: number) => Math.min(height - 1, y) * width
  const column = (x: number) => Math.min(width - 1, x)
  return (plane) => {
    const read = plane.slice()
    for (let top = 0; top < height; top += BLOCK) {
      for (let left = 0; left < width; left += BLOCK) {
        for (let i = 0; i < block.length; i++) {
          block[i] = read[row(top + (i >> 3)) + column(left + (i & 7))]!
        }
        both(cosines, transposed, block, half)
        for (let i = 0; i < block.length; i++)
          block[i] = Math.round(block[i]! / steps[i]!) * steps[i]!
        both(transposed, cosines, block, half)
        for (let i = 0; i < block.length; i++) {
          const [y, x] = [top + (i >> 3), left + (i & 7)]
          if (y < height && x < width) plane[y * width + x] = block[i]!
        }
      }
    }
  }
}

/** The discrete cosine transform of eight values, orthonormal: row k is the wave of frequency k. */
function transformMatrix(): Float64Array {
  return Float64Array.from({ length: BLOCK * BLOCK }, (_, i) => {
    const [k, n] = [i >> 3, i & 7]
    const scale = k === 0 ? Math.SQRT1_2 : 1
    return 0.5 * scale * Math.cos(((2 * n + 1) * k * Math.PI) / 16)
  })
}

const transpose = (matrix: Float64Array) =>
  matrix.map((_, i) => matrix[(i & 7) * BLOCK + (i >> 3)]!)

/** block ← left · block · right */
function both(
  left: Float64Array,
  right: Float64Array,
  block: Float64Array,
  half: Float64Array,
): void {
  multiply(left, block, half)
  multiply(half, right, block)
}

function multiply(a: Float64Array, b: Float64Array, out: Float64Array): void {
  for (let y = 0; y < BLOCK; y++) {
    for (let x = 0; x < BLOCK; x++) {
      let sum = 0
      for (let k = 0; k < BLOCK; k++) sum += a[y * BLOCK + k]! * b[k * BLOCK + x]!
      out[y * BLOCK + x] = sum
    }
  }
}

/** JFIF's colours in place of red, green and blue; all in [0, 1], the two of chroma around one half. */
function toYcc([red, green, blue]: readonly Float32Array[]): void {
  for (let i = 0; i < red!.length; i++) {
    const [r, g, b] = [red![i]!, green![i]!, blue![i]!]
    const luma = 0.299 * r + 0.587 * g + 0.114 * b
    red![i] = luma
    green![i] = (b - luma) / 1.772 + 128 / 255
    blue![i] = (r - luma) / 1.402 + 128 / 255
  }
}

function fromYcc([luma, blueness, redness]: readonly Float32Array[]): void {
  for (let i = 0; i < luma!.length; i++) {
    const [y, cb, cr] = [luma![i]!, blueness![i]! - 128 / 255, redness![i]! - 128 / 255]
    const [r, b] = [y + 1.402 * cr, y + 1.772 * cb]
    luma![i] = r
    blueness![i] = (y - 0.299 * r - 0.114 * b) / 0.587
    redness![i] = b
  }
}

type Size = Pick<ImageGeometry, 'height' | 'width'>

/** Means of two by two. */
function halved(plane: Float32Array, { height, width }: Size, half: Size): Float32Array {
  const small = new Float32Array(half.height * half.width)
  for (let y = 0, to = 0; y < half.height; y++) {
    const [above, below] = [2 * y * width, Math.min(height - 1, 2 * y + 1) * width]
    for (let x = 0; x < half.width; x++) {
      const [left, right] = [2 * x, Math.min(width - 1, 2 * x + 1)]
      const upper = plane[above + left]! + plane[above + right]!
      small[to++] = (upper + plane[below + left]! + plane[below + right]!) / 4
    }
  }
  return small
}

/** Each pixel takes three quarters of the nearest of the small plane and a quarter of the next, each way. */
function doubled(small: Float32Array, half: Size, plane: Float32Array, { height, width }: Size) {
  const next = (i: number, length: number) =>
    Math.min(length - 1, Math.max(0, (i >> 1) + (i % 2 === 0 ? -1 : 1)))
  for (let y = 0, to = 0; y < height; y++) {
    const [near, far] = [(y >> 1) * half.width, next(y, half.height) * half.width]
    for (let x = 0; x < width; x++) {
      const [beside, beyond] = [x >> 1, next(x, half.width)]
      const nearer = 3 * small[near + beside]! + small[near + beyond]!
      plane[to++] = (3 * nearer + 3 * small[far + beside]! + small[far + beyond]!) / 16
    }
  }
}
