import type { ImageGeometry } from '../contracts/index.ts'
import { brightnessOf, contrastOf, type InputFeatures, inputFeatures } from './input-features.ts'
import { openPixelSums, type PixelSums } from './pixel-sums.ts'
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

const LEVELS = 256
/** n log₂ n: asking for each logarithm took as long as all the rest. */
const TIMES_LOG = Float64Array.from({ length: 1025 }, (_, n) => (n === 0 ? 0 : n * Math.log2(n)))

let opened: PixelSums | undefined

/** Features of the uint8 [C, H, W] that a model saw; see `PixelFeatures` for their meaning. */
export function describePixels(pixels: Uint8Array, geometry: ImageGeometry): PixelFeatures {
  const { width, height, channels } = geometry
  const size = width * height
  // memory that every call uses; calls do not overlap
  opened ??= openPixelSums()
  const grey = opened.plane(size)
  if (channels === 1) grey.set(pixels)
  else fillLuma(grey, pixels, size)
  const levels = describeLevels(opened, size)
  // of one channel, its levels say it all
  const values = channels === 1 ? levels : firstOf(inputFeatures(pixels, 1))
  const edges = describeEdges(opened, width, height)
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

function fillLuma(grey: Uint8Array, planes: Uint8Array, size: number): void {
  for (let i = 0; i < size; i++)
    grey[i] = luma(planes[i]!, planes[i + size]!, planes[i + 2 * size]!)
}

function describeLevels(sums: PixelSums, size: number) {
  const { sum, squares, bright } = sums.sumLevels(size)
  const counts = sums.countLevels(size)
  let repeats = 0
  for (let level = 0; level < LEVELS; level++) {
    const count = counts[level]!
    repeats += count < TIMES_LOG.length ? TIMES_LOG[count]! : count * Math.log2(count)
  }
  let min = 0
  while (min < LEVELS - 1 && counts[min] === 0) min++
  let max = LEVELS - 1
  while (max > min && counts[max] === 0) max--
  return {
    avg_brightness: brightnessOf(sum, size),
    contrast: contrastOf(sum, squares, size),
    min: (2 * min) / 255 - 1,
    max: (2 * max) / 255 - 1,
    // − Σ p log₂ p with p = count / size
    entropy: Math.max(0, Math.log2(size) - repeats / size),
    foreground_share: bright / size,
  }
}

function describeEdges(sums: PixelSums, width: number, height: number) {
  const count = Math.max(0, width - 2) * Math.max(0, height - 2)
  if (count === 0) return { sharpness: 0, edge_density: 0 }
  const { sum, squares, edges } = sums.sumEdges(width, height)
  const sharpness = Math.max(0, count * squares - sum * sum) / count ** 2
  return { sharpness, edge_density: edges / count }
}
