import type { Config, ImageGeometry } from '../contracts/index.ts'
import type { Random } from '../core/index.ts'
import { imageSize } from './split.ts'

export type AugmentationConfig = Config['augmentation']

/** Height to width of an erased rectangle lies in [r, 1/r]: Zhong et al. 2017, torchvision too. */
const ERASE_ASPECT = 0.3
const ERASE_ATTEMPTS = 10

/**
 * Changes uint8 images [N, C, H, W] in place: horizontal flip, shift with zeros shifted in, and
 * random erasing. Give `createRandom(seed, 'augmentation', step)`: the result is a function of it.
 */
export function augmentBatch(
  images: Uint8Array,
  geometry: ImageGeometry,
  config: AugmentationConfig,
  random: Random,
): void {
  const { flip, shift, erase } = config
  if (flip === 0 && shift === 0 && erase === 0) return
  const size = imageSize(geometry)
  for (let start = 0; start < images.length; start += size) {
    const image = images.subarray(start, start + size)
    if (flip > 0 && random.uniform() < flip) flipRows(image, geometry.width)
    if (shift > 0) {
      const dx = random.integer(2 * shift + 1) - shift
      const dy = random.integer(2 * shift + 1) - shift
      shiftPlanes(image, geometry, dx, dy)
    }
    if (erase > 0 && random.uniform() < erase) eraseRectangle(image, geometry, config, random)
  }
}

function flipRows(image: Uint8Array, width: number): void {
  for (let row = 0; row < image.length; row += width) image.subarray(row, row + width).reverse()
}

/** Moves the picture right by `dx` and down by `dy`; what is uncovered becomes 0. */
function shiftPlanes(
  image: Uint8Array,
  { height, width }: ImageGeometry,
  dx: number,
  dy: number,
): void {
  if (dx === 0 && dy === 0) return
  const plane = height * width
  for (let start = 0; start < image.length; start += plane) {
    const end = start + plane
    // One move shifts all rows at once; the pixels that wrap to a neighbouring row are cleared after.
    const offset = clamp(dy, height) * width
    if (offset >= 0)
      image.copyWithin(start + offset, start, end - offset).fill(0, start, start + offset)
    else image.copyWithin(start, start - offset, end).fill(0, end + offset, end)
    const across = clamp(dx, width)
    for (let row = start; row < end; row += width) {
      if (across > 0) {
        image.copyWithin(row + across, row, row + width - across).fill(0, row, row + across)
      } else if (across < 0) {
        image.copyWithin(row, row - across, row + width).fill(0, row + width + across, row + width)
      }
    }
  }
}

const clamp = (shift: number, limit: number) => Math.max(-limit, Math.min(limit, shift))

/**
 * Fills a random rectangle with noise, each pixel uniform in 0–255: the fill that worked best in
 * Zhong et al., "Random Erasing Data Augmentation" (2017), table 5.
 */
function eraseRectangle(
  image: Uint8Array,
  { channels, height, width }: ImageGeometry,
  { erase_area: [smallest, largest] }: AugmentationConfig,
  random: Random,
): void {
  for (let attempt = 0; attempt < ERASE_ATTEMPTS; attempt++) {
    const area = (smallest + (largest - smallest) * random.uniform()) * height * width
    const aspect = Math.exp((2 * random.uniform() - 1) * Math.log(1 / ERASE_ASPECT))
    const rows = Math.round(Math.sqrt(area * aspect))
    const columns = Math.round(Math.sqrt(area / aspect))
    if (rows < 1 || columns < 1 || rows >= height || columns >= width) continue
    const top = random.integer(height - rows + 1)
    const left = random.integer(width - columns + 1)
    for (let channel = 0; channel < channels; channel++) {
      for (let y = top; y < top + rows; y++) {
        const row = (channel * height + y) * width + left
        fillNoise(image, row, row + columns, random)
      }
    }
    return
  }
}

/** Four pixels a draw: a draw costs more than the pixels do. */
function fillNoise(image: Uint8Array, start: number, end: number, random: Random): void {
  for (let at = start; at < end; at += 4) {
    const bits = random.uint32()
    for (let lane = 0; lane < 4 && at + lane < end; lane++) {
      image[at + lane] = (bits >>> (8 * lane)) & 0xff
    }
  }
}
