import type { ImageGeometry, Severity } from '../contracts/index.ts'
import type { Random } from '../core/index.ts'

/**
 * Changes one image in place: [C, H, W], pixels in [0, 1]; what leaves that range is cut off by the
 * caller. It owns scratch memory, so one image at a time.
 */
export type Damage = (pixels: Float32Array, random: Random) => void

export interface Corruption {
  readonly family: 'noise' | 'blur' | 'weather' | 'digital'
  /** What happens to the image, in a few words. */
  readonly meaning: string
  prepare(geometry: ImageGeometry, severity: Severity): Damage
}

/** The size at which lengths are written down: images of up to this many pixels keep them as they are. */
const REFERENCE_SIZE = 32

/** What lengths in pixels are multiplied by: larger images get wider blurs, longer streaks, bigger waves. */
export function pixelScale({ height, width }: ImageGeometry): number {
  return Math.max(1, Math.min(height, width) / REFERENCE_SIZE)
}

/** A constant for each severity. */
export type PerSeverity<T> = readonly [T, T, T, T, T]

export function at<T>(values: PerSeverity<T>, severity: Severity): T {
  return values[severity - 1]!
}

/** The planes of [C, H, W], as views. */
export function planesOf(pixels: Float32Array, { height, width }: ImageGeometry): Float32Array[] {
  const size = height * width
  return Array.from({ length: pixels.length / size }, (_, channel) =>
    pixels.subarray(channel * size, (channel + 1) * size),
  )
}
