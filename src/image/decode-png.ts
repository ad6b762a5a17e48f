import { applyLimits, type DecodeLimits, tooManyPixels } from './decode-limits.ts'
import { type NotRead, readPngFile, readPngHeader } from './png-file.ts'
import { decodePngPixels } from './png-pixels.ts'
import type { Raster } from './raster.ts'

/** Beyond this, a few milliseconds of work are better done in another thread. */
const MAX_SYNC_PIXELS = 2 ** 18

/**
 * A plain PNG of at most 2^18 pixels, decoded at once; the same pixels as `decodeImage` gives, which
 * is the one to ask about the rest: undefined for other formats, interlaced or larger PNGs, those
 * with an orientation tag, and any with a fault. Grey files give one channel, all others three.
 * Throws IMAGE_TOO_LARGE.
 */
export function decodePngSync(bytes: Uint8Array, limits: DecodeLimits = {}): Raster | undefined {
  const read = readPng(bytes, applyLimits(bytes, limits))
  return 'fault' in read ? undefined : read
}

/** As `decodePngSync`; says what is wrong with a PNG that it does not read. */
export function readPng(bytes: Uint8Array, limits: Required<DecodeLimits>): Raster | NotRead {
  const header = readPngHeader(bytes)
  if ('fault' in header) return header
  const { width, height, interlaced } = header
  const pixels = width * height
  if (pixels > limits.maxPixels) {
    throw tooManyPixels(limits.name, `${width} x ${height} pixels`, limits.maxPixels)
  }
  if (interlaced || pixels > MAX_SYNC_PIXELS) return { fault: undefined }
  const file = readPngFile(bytes, header)
  return 'fault' in file ? file : decodePngPixels(file)
}
