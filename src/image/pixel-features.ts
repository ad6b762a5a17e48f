import type { ImageGeometry } from '../contracts/index.ts'
import { brightnessOf, contrastOf, type InputFeatures, inputFeatures } from './input-features.ts'
import { luma } from './raster.ts'

export const pixelFeatureNames = [
  'avg_brightness',
  'contrast',
  'min',
  'max',
  'sharpness',
  'entropy',
  'edge_density',
  'foreground_share',
] as const

/**
 * One image in numbers. The first two are of all values of all channels, the others of its grey
 * plane: the luma of PIL's `convert("L")` where there are three channels. Sharpness and edges are
 * taken at pixels that have all eight neighbours, and are 0 for images without any.
 *
 * - `avg_brightness`: mean of the pixels scaled to [-1, 1]
 * - `contrast`: their population standard deviation, 0 to 1
 * - `min`, `max`: darkest and brightest grey, scaled to [-1, 1]
 * - `sharpness`: variance of the Laplacian of the four nearest neighbours, in squared grey levels
 *   (levels 0–255), from 0; little for blurred images, thousands for noise
 * - `entropy`: Shannon's, of the 256 grey levels, in bits, 0 to 8
 * - `edge_density`: share of pixels, 0 to 1, where the Sobel gradient is longer than 255, a quarter
 *   of what it is between a black and a white half plane
 * - `foreground_share`: share of pixels, 0 to 1, whose grey level is above 25, a tenth of white:
 *   brighter than a black background with some noise
 */
export type PixelFeatures = Readonly<Record<(typeof pixelFeatureNames)[number], number>>

const EDGE_GRADIENT = 255
const LONGEST_SMOOTH = EDGE_GRADIENT ** 2
const FOREGROUND_LEVEL = 25
const LEVELS = 256
const SQUARES = 1024
/** Memory that every call uses; calls do not overlap. */
const counts = new Int32Array(2 * LEVELS)
/** n log₂ n: asking for each logarithm took as long as all the rest. */
const TIMES_LOG = Float64Array.from({ length: 1025 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)))

/** Features of the uint8 [C, H, W] that a model saw; see `PixelFeatures` for their meaning. */
export function describePixels(pixels: Uint8Array, geometry: ImageGeometry): PixelFeatures {
  const { width, height, channels } = geometry
  const grey = channels === 1 ? pixels : lumaPlane(pixels, width * height)
  const levels = describeLevels(grey)
  // of one channel, its levels say it all
  const values = channels === 1 ? levels : firstOf(inputFeatures(pixels, 1))
  const edges = describeEdges(grey, width, height)
  return {
    avg_brightness: values.avg_brightness,
    contrast: values.contrast,
    min: levels.min,
    max: levels.max,
    sharpness: edges.sharpness,
    entropy: levels.entropy,
    edge_density: edges.edge_density,
    foreground_share: levels.foreground_share,
  }
}

function firstOf({ avg_brightness, contrast }: InputFeatures) {
  return { avg_brightness: avg_brightness[0]!, contrast: contrast[0]! }
}

/** The same, in the order of `pixelFeatureNames`; one by one, as each prediction waits for it. */
export function pixelFeatureValues(pixels: Uint8Array, geometry: ImageGeometry): number[] {
  const features = describePixels(pixels, geometry)
  return [
    features.avg_brightness,
    features.contrast,
    features.min,
    features.max,
    features.sharpness,
    features.entropy,
    features.edge_density,
    features.foreground_share,
  ]
}

function lumaPlane(planes: Uint8Array, size: number): Uint8Array {
  const grey = new Uint8Array(size)
  for (let i = 0; i < size; i++)
    grey[i] = luma(planes[i]!, planes[i + size]!, planes[i + 2 * size]!)
  return grey
}

function describeLevels(grey: Uint8Array) {
  countLevels(grey)
  let min = 255
  let max = 0
  let sum = 0
  let squares = 0
  let repeats = 0
  let foreground = 0
  for (let level = 0; level < LEVELS; level++) {
    const count = counts[level]!
    if (count === 0) continue
    if (level < min) min = level
    max = level
    sum += count * level
    squares += count * level * level
    repeats += count < TIMES_LOG.length ? TIMES_LOG[count]! : count * Math.log2(count)
    if (level > FOREGROUND_LEVEL) foreground += count
  }
  const size = grey.length
  return {
    avg_brightness: brightnessOf(sum, size),
    contrast: contrastOf(sum, squares, size),
    min: (2 * min) / 255 - 1,
    max: (2 * max) / 255 - 1,
    // − Σ p log₂ p with p = count / size
    entropy: Math.max(0, Math.log2(size) - repeats / size),
    foreground_share: foreground / size,
  }
}

/** Two counts in turn: neighbours are often alike, and the same count cannot go up twice at once. */
function countLevels(grey: Uint8Array): void {
  counts.fill(0)
  const even = grey.length & ~1
  for (let i = 0; i < even; i += 2) {
    counts[grey[i]!]!++
    counts[LEVELS + grey[i + 1]!]!++
  }
  if (even < grey.length) counts[grey[even]!]!++
  for (let level = 0; level < LEVELS; level++) counts[level]! += counts[LEVELS + level]!
}

/**
 * Integer sums, so that the result does not depend on the order of summation. `| 0` keeps them in 32
 * bits for the compiler, and an edge is counted without a branch, which would be taken at random.
 */
function describeEdges(grey: Uint8Array, width: number, height: number) {
  const count = Math.max(0, width - 2) * Math.max(0, height - 2)
  if (count === 0) return { sharpness: 0, edge_density: 0 }
  let sum = 0
  let squares = 0
  let edges = 0
  for (let row = 0, end = (height - 2) * width; row < end; row += width) {
    // The three rows of three neighbours move along; only the column that comes in is read.
    let [a1, b1] = [grey[row]!, grey[row + 1]!]
    let [a2, b2] = [grey[row + width]!, grey[row + width + 1]!]
    let [a3, b3] = [grey[row + 2 * width]!, grey[row + 2 * width + 1]!]
    // a run of this many squares, each below 2²⁰, stays below 2³¹
    for (let from = row + 2; from < row + width; from += SQUARES) {
      let runSum = 0
      let runSquares = 0
      for (let i = from, to = Math.min(from + SQUARES, row + width); i < to; i++) {
        const c1 = grey[i]!
        const c2 = grey[i + width]!
        const c3 = grey[i + 2 * width]!
        const laplacian = (b1 + a2 + c2 + b3 - 4 * b2) | 0
        runSum = (runSum + laplacian) | 0
        runSquares = (runSquares + Math.imul(laplacian, laplacian)) | 0
        const across = (c1 + 2 * c2 + c3 - a1 - 2 * a2 - a3) | 0
        const along = (a3 + 2 * b3 + c3 - a1 - 2 * b1 - c1) | 0
        const room = LONGEST_SMOOTH - Math.imul(across, across) - Math.imul(along, along)
        edges = (edges + (room >>> 31)) | 0
        a1 = b1
        a2 = b2
        a3 = b3
        b1 = c1
        b2 = c2
        b3 = c3
      }
      sum += runSum
      squares += runSquares
    }
  }
  const sharpness = Math.max(0, count * squares - sum * sum) / count ** 2
  return { sharpness, edge_density: edges / count }
}
