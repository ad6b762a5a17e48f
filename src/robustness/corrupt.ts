import {
  type CorruptionName,
  corruptionNames,
  type ImageGeometry,
  type Severity,
} from '../contracts/index.ts'
import { AtelierError, createRandom } from '../core/index.ts'
import { corruptions } from './corruptions.ts'

export interface CorruptOptions {
  readonly name: CorruptionName
  readonly severity: Severity
  readonly seed: number
  /** What image i draws its random numbers for; default: i. Equal numbers give equal damage. */
  readonly indices?: Int32Array
}

/** Room for more corruptions than there are. */
export const STEPS_PER_IMAGE = 64

/**
 * Corrupted copies of `count` images, uint8 [count, C, H, W]: the same bytes for the same pixels,
 * severity, seed and index, whatever stands beside. Throws SHAPE_MISMATCH when the bytes are not
 * `count` images of this geometry.
 */
export function corrupt(
  images: Uint8Array,
  count: number,
  geometry: ImageGeometry,
  { name, severity, seed, indices }: CorruptOptions,
): Uint8Array<ArrayBuffer> {
  const { channels, height, width } = geometry
  const size = channels * height * width
  if (images.length !== count * size) {
    throw new AtelierError(
      'SHAPE_MISMATCH',
      `Got ${images.length} bytes, wanted ${count} images of ${size}.`,
    )
  }
  const damage = corruptions[name].prepare(geometry, severity)
  const kind = corruptionNames.indexOf(name) + 1
  const pixels = new Float32Array(size)
  // rounds, and cuts off what is below 0 or above 255
  const corrupted = new Uint8ClampedArray(images.length)
  for (let image = 0; image < count; image++) {
    const start = image * size
    for (let i = 0; i < size; i++) pixels[i] = images[start + i]! / 255
    const index = indices?.[image] ?? image
    damage(pixels, createRandom(seed, 'corruption', index * STEPS_PER_IMAGE + kind))
    for (let i = 0; i < size; i++) corrupted[start + i] = pixels[i]! * 255
  }
  return new Uint8Array(corrupted.buffer)
}
