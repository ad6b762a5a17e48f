import { applyLimits, type DecodeLimits, tooManyPixels, unreadable } from './decode-limits.ts'
import { sniffImageFormat } from './image-format.ts'
import { type Doubtful, doubtful, readPngFile, readPngHeader } from './png-file.ts'
import { decodePngPixels } from './png-pixels.ts'
import type { Raster } from './raster.ts'

/** Beyond this, a few milliseconds of work are better done in another thread. */
const MAX_SYNC_PIXELS = 2 ** 18

/**
 * A plain PNG of at most 2^18 pixels, decoded at once; the same pixels as `decodeImage` gives, which
 * is the one to ask about the rest: undefined for other formats, interlaced or larger PNGs, those
 * with an orientation tag, and any with a fault that libpng may forgive. Grey files give one channel,
 * all others three. Throws IMAGE_TOO_LARGE, and IMAGE_UNREADABLE for a PNG that is beyond doubt bad.
 */
export function decodePngSync(bytes: Uint8Array, limits: DecodeLimits = {}): Raster | undefined {
  const applied = applyLimits(bytes, limits)
  if (sniffImageFormat(bytes) !== 'png') return undefined
  const read = readPng(bytes, applied)
  return 'fault' in read ? undefined : read
}

/** As `decodePngSync` does it; says what is wrong with a PNG that it neither reads nor refuses. */
export function readPng(bytes: Uint8Array, limits: Required<DecodeLimits>): Raster | Doubtful {
  const { name, maxPixels } = limits
  const header = readPngHeader(bytes)
  if ('fault' in header) throw unreadable(name, header.fault)
  const { width, height, interlaced } = header
  const pixels = width * height
  if (pixels > maxPixels) throw tooManyPixels(name, `${width} x ${height} pixels`, maxPixels)
  if (interlaced || pixels > MAX_SYNC_PIXELS) return doubtful()
  const file = readPngFile(bytes, header)
  const read = 'fault' in file ? file : decodePngPixels(file)
  if (!('fault' in read)) return read
  if (read.certain) throw unreadable(name, read.fault)
  return read
}
