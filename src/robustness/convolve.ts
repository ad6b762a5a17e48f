import type { ImageGeometry } from '../contracts/index.ts'

/** One weight of a kernel, for the pixel that lies `dy` below and `dx` to the right. */
export interface Tap {
  readonly dy: number
  readonly dx: number
  readonly weight: number
}

/** What stands beyond the border: the image mirrored, or its outermost pixels again. */
export type Border = 'mirror' | 'edge'

/** Replaces a plane [H, W] by its weighted neighbourhood sums. */
export type Convolver = (plane: Float32Array, taps: readonly Tap[]) => void

/** Taps reach at most `margin` pixels. */
export function createConvolver(
  { height, width }: Pick<ImageGeometry, 'height' | 'width'>,
  margin: number,
  border: Border,
): Convolver {
  const stride = width + 2 * margin
  const rows = borderIndices(height, margin, border)
  const columns = borderIndices(width, margin, border)
  const padded = new Float32Array((height + 2 * margin) * stride)
  return (plane, taps) => {
    let to = 0
    for (const row of rows)
      for (const column of columns) padded[to++] = plane[row * width + column]!
    const offsets = Int32Array.from(taps, ({ dy, dx }) => (margin + dy) * stride + margin + dx)
    const weights = Float64Array.from(taps, ({ weight }) => weight)
    for (let y = 0, at = 0; y < height; y++) {
      for (let from = y * stride; from < y * stride + width; from++) {
        let sum = 0
        for (let k = 0; k < offsets.length; k++) sum += weights[k]! * padded[from + offsets[k]!]!
        plane[at++] = sum
      }
    }
  }
}

/** Which row or column stands at −margin … length + margin − 1. */
function borderIndices(length: number, margin: number, border: Border): Int32Array {
  const last = length - 1
  const fold = (i: number) => {
    const position = Math.abs(i) % Math.max(1, 2 * last)
    return position <= last ? position : 2 * last - position
  }
  const clamp = (i: number) => Math.min(last, Math.max(0, i))
  return Int32Array.from({ length: length + 2 * margin }, (_, i) =>
    border === 'mirror' ? fold(i - margin) : clamp(i - margin),
  )
}

/** Adds up taps of the same pixel, drops those of no weight, and makes the sum of all one. */
export function normalized(taps: Iterable<Tap>): Tap[] {
  const merged = new Map<string, Tap>()
  let sum = 0
  for (const { dy, dx, weight } of taps) {
    if (weight === 0) continue
    const key = `${dy},${dx}`
    merged.set(key, { dy, dx, weight: (merged.get(key)?.weight ?? 0) + weight })
    sum += weight
  }
  return [...merged.values()].map((tap) => ({ ...tap, weight: tap.weight / sum }))
}

/** Weights of a bell curve at −radius … radius. */
export function bell(sigma: number, radius: number): number[] {
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / sum)
}

/** The farthest that any tap reaches. */
export function reachOf(taps: readonly Tap[]): number {
  return Math.max(0, ...taps.map(({ dy, dx }) => Math.max(Math.abs(dy), Math.abs(dx))))
}

/**
 * Half a bell curve along a line: what was at the pixel, and trails behind it. `angle` in radians, 0
 * to the right, π / 2 downwards. A point between pixels is shared by its four neighbours.
 */
export function streak(length: number, sigma: number, angle: number): Tap[] {
  const [down, right] = [Math.sin(angle), Math.cos(angle)]
  const taps: Tap[] = []
  for (let k = 0; k <= length; k++) {
    const weight = Math.exp(-(k ** 2) / (2 * sigma ** 2))
    const [y, x] = [k * down, k * right]
    const [top, left] = [Math.floor(y), Math.floor(x)]
    const [fy, fx] = [y - top, x - left]
    taps.push({ dy: top, dx: left, weight: weight * (1 - fy) * (1 - fx) })
    taps.push({ dy: top, dx: left + 1, weight: weight * (1 - fy) * fx })
    taps.push({ dy: top + 1, dx: left, weight: weight * fy * (1 - fx) })
    taps.push({ dy: top + 1, dx: left + 1, weight: weight * fy * fx })
  }
  return normalized(taps)
}
