/**
 * Near duplicates among many images, without comparing every pair and without missing one.
 *
 * The rule: the root mean squared pixel difference is above 0, at most `MAX_DISTANCE` levels of 255,
 * and at most `MAX_RELATIVE` of the smaller contrast (the standard deviation of an image's pixels).
 *
 * The search: block means, turned by an orthogonal (Hadamard) transform, never lie further apart than
 * the images themselves. Images are put into cells of `MAX_DISTANCE` by the three coordinates that
 * spread most; a near pair shares a cell or sits in neighbouring ones.
 */
import type { ImageGeometry } from '../contracts/index.ts'
import { imageSize } from './split.ts'

/** Re-encoding and light noise stay below; photographs of two alike things mostly lie above. */
const MAX_DISTANCE = 8
const MAX_RELATIVE = 0.1
const GRID = 4
const COORDINATES = GRID * GRID
const CELL_AXES = 3

export interface NearPair {
  readonly a: number
  readonly b: number
  /** Root mean squared difference in levels of 255. */
  readonly distance: number
}

/** All near-duplicate pairs a < b of uint8 images [N, C, H, W]; exact copies are left out. */
export function findNearDuplicates(images: Uint8Array, geometry: ImageGeometry): NearPair[] {
  const size = imageSize(geometry)
  const count = images.length / size
  const coordinates = new Float32Array(count * COORDINATES)
  const contrasts = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const image = images.subarray(i * size, (i + 1) * size)
    coordinates.set(coordinatesOf(image, geometry), i * COORDINATES)
    contrasts[i] = deviation(image)
  }
  const pairs: NearPair[] = []
  forEachCandidate(coordinates, (a, b) => {
    const limit = Math.min(MAX_DISTANCE, MAX_RELATIVE * Math.min(contrasts[a]!, contrasts[b]!))
    const distance = rootMeanSquare(images, a * size, b * size, size, limit)
    if (distance > 0 && distance <= limit) {
      pairs.push({ a: Math.min(a, b), b: Math.max(a, b), distance })
    }
  })
  return pairs.sort((x, y) => x.a - y.a || x.b - y.b)
}

/** Calls once for every pair whose coordinates are at most MAX_DISTANCE apart. */
function forEachCandidate(coordinates: Float32Array, call: (a: number, b: number) => void): void {
  const cells = fillCells(coordinates, widestAxes(coordinates))
  for (const [key, cell] of cells) {
    cell.forEach((a, i) => {
      for (let j = i + 1; j < cell.length; j++)
        if (areClose(coordinates, a, cell[j]!)) call(a, cell[j]!)
    })
    for (const offset of FORWARD_NEIGHBOURS) {
      const neighbour = cells.get(key + offset)
      if (neighbour === undefined) continue
      for (const a of cell) for (const b of neighbour) if (areClose(coordinates, a, b)) call(a, b)
    }
  }
}

/** Cell numbers per axis stay below this (coordinates lie within ±255), so keys do not collide. */
const KEY_BASE = 128

/** The 13 of 26 neighbours whose key is larger: each pair of cells is met once. */
const FORWARD_NEIGHBOURS = [-1, 0, 1]
  .flatMap((x) =>
    [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((z) => (x * KEY_BASE + y) * KEY_BASE + z)),
  )
  .filter((offset) => offset > 0)

function fillCells(coordinates: Float32Array, axes: readonly number[]): Map<number, number[]> {
  const cells = new Map<number, number[]>()
  for (let i = 0; i * COORDINATES < coordinates.length; i++) {
    let key = 0
    for (const axis of axes) {
      const place = Math.floor(coordinates[i * COORDINATES + axis]! / MAX_DISTANCE)
      key = key * KEY_BASE + place + KEY_BASE / 2
    }
    const cell = cells.get(key)
    if (cell === undefined) cells.set(key, [i])
    else cell.push(i)
  }
  return cells
}

function widestAxes(coordinates: Float32Array): number[] {
  const count = coordinates.length / COORDINATES
  const variance = Array.from({ length: COORDINATES }, (_, axis) => {
    let sum = 0
    let squares = 0
    for (let at = axis; at < coordinates.length; at += COORDINATES) {
      sum += coordinates[at]!
      squares += coordinates[at]! ** 2
    }
    return squares / count - (sum / count) ** 2
  })
  const byVariance = variance.map((_, axis) => axis).sort((a, b) => variance[b]! - variance[a]!)
  return byVariance.slice(0, CELL_AXES)
}

function areClose(coordinates: Float32Array, a: number, b: number): boolean {
  // Rounding to float32 must not lose a pair at the very limit.
  const most = MAX_DISTANCE * MAX_DISTANCE * 1.001
  let sum = 0
  for (let i = 0; i < COORDINATES; i++) {
    const difference = coordinates[a * COORDINATES + i]! - coordinates[b * COORDINATES + i]!
    sum += difference * difference
    if (sum > most) return false
  }
  return true
}

/**
 * Sixteen numbers whose Euclidean distance bounds the images' root mean squared distance from below:
 * block means, weighted by the root of the block's share, then an orthogonal transform.
 */
function coordinatesOf(
  image: Uint8Array,
  { height, width, channels }: ImageGeometry,
): Float64Array {
  const values = new Float64Array(COORDINATES)
  const edge = (cell: number, length: number) => Math.floor((cell * length) / GRID)
  for (let cell = 0; cell < COORDINATES; cell++) {
    const row = Math.floor(cell / GRID)
    const column = cell % GRID
    let sum = 0
    for (let y = edge(row, height); y < edge(row + 1, height); y++) {
      for (let channel = 0; channel < channels; channel++) {
        const start = (channel * height + y) * width
        const end = start + edge(column + 1, width)
        for (let i = start + edge(column, width); i < end; i++) sum += image[i]!
      }
    }
    const rows = edge(row + 1, height) - edge(row, height)
    const columns = edge(column + 1, width) - edge(column, width)
    values[cell] = sum / Math.sqrt(rows * columns * channels * image.length)
  }
  return hadamard(values)
}

/** The orthonormal Walsh-Hadamard transform, in place; the length is a power of 2. */
function hadamard(values: Float64Array): Float64Array {
  for (let half = 1; half < values.length; half *= 2) {
    for (let i = 0; i < values.length; i++) {
      if ((i & half) !== 0) continue
      const [a, b] = [values[i]!, values[i + half]!]
      values[i] = (a + b) * Math.SQRT1_2
      values[i + half] = (a - b) * Math.SQRT1_2
    }
  }
  return values
}

function deviation(image: Uint8Array): number {
  let sum = 0
  let squares = 0
  for (const pixel of image) {
    sum += pixel
    squares += pixel * pixel
  }
  return Math.sqrt(image.length * squares - sum * sum) / image.length
}

/** Stops, with Infinity, as soon as the distance must exceed `limit`. */
function rootMeanSquare(
  images: Uint8Array,
  a: number,
  b: number,
  size: number,
  limit: number,
): number {
  const most = limit * limit * size
  let sum = 0
  for (let start = 0; start < size; start += 64) {
    const end = Math.min(size, start + 64)
    for (let i = start; i < end; i++) {
      const difference = images[a + i]! - images[b + i]!
      sum += difference * difference
    }
    if (sum > most) return Number.POSITIVE_INFINITY
  }
  return Math.sqrt(sum / size)
}
