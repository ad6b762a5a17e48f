import type { ImageGeometry } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'

/** Images and labels of one split in memory: uint8 [size, C, H, W] and int32 [size]. */
export interface Split {
  readonly images: Uint8Array<ArrayBuffer>
  readonly labels: Int32Array<ArrayBuffer>
  readonly size: number
}

/** Bytes of one image: C·H·W. */
export function imageSize({ channels, height, width }: ImageGeometry): number {
  return channels * height * width
}

/** Files beyond cannot be read in one piece. */
const MAX_SPLIT_BYTES = 2 ** 31 - 2 ** 20

/** Memory for `count` images. Throws CONFIG_INVALID_VALUE for more than a split can hold. */
export function allocateImages(count: number, geometry: ImageGeometry): Uint8Array<ArrayBuffer> {
  const bytes = count * imageSize(geometry)
  if (bytes <= MAX_SPLIT_BYTES) return new Uint8Array(bytes)
  const { height, width, channels } = geometry
  throw new AtelierError(
    'CONFIG_INVALID_VALUE',
    `${count} images of ${height} x ${width} x ${channels} take ${bytes} bytes; a split holds at most ${MAX_SPLIT_BYTES}.`,
    { hint: 'Set data.geometry to fewer pixels.' },
  )
}

/** The images at `indices`, copied. */
export function selectImages(split: Split, indices: Int32Array): Split {
  const size = split.size === 0 ? 0 : split.images.length / split.size
  const images = new Uint8Array(indices.length * size)
  const labels = new Int32Array(indices.length)
  indices.forEach((index, i) => {
    images.set(split.images.subarray(index * size, (index + 1) * size), i * size)
    labels[i] = split.labels[index]!
  })
  return { images, labels, size: indices.length }
}

/** Images per class, in class order. */
export function countClasses(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0)
  for (const label of labels) counts[label] = counts[label]! + 1
  return counts
}
