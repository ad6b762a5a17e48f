import { applyLimits, type DecodeLimits, tooManyPixels, unreadable } from './decode-limits.ts'
import { readPng } from './decode-png.ts'
import { sniffImageFormat } from './image-format.ts'
import { doubtful } from './png-file.ts'
import { stripPngNotes } from './png-strip.ts'
import type { Raster } from './raster.ts'

/**
 * Decodes a picture to what PIL's `exif_transpose(image).convert("RGB")` gives: orientation tag
 * applied, alpha dropped, palette expanded, 16 bits cut to 8, first frame of an animation; only that
 * a plain grey PNG stays one channel, from which `toRgb` makes PIL's three.
 * One difference is meant: PIL turns 16-bit grey white (it clips); here its upper 8 bits are kept,
 * as for 16-bit colour. Throws IMAGE_UNREADABLE or IMAGE_TOO_LARGE.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<Raster> {
  const applied = applyLimits(bytes, limits)
  const { name, maxPixels } = applied
  // By its first bytes, before any decoder sees it: SVG, PDF and the like never reach sharp.
  const format = sniffImageFormat(bytes)
  if (format === undefined) {
    throw unreadable(name, `it is not a PNG, JPEG, WebP, GIF or TIFF (${describeStart(bytes)})`)
  }
  const read = format === 'png' ? readPng(bytes, applied) : doubtful()
  if (!('fault' in read)) return read
  try {
    const lean = format === 'png' ? stripPngNotes(bytes) : bytes
    // most pictures of a service are small PNGs, for which it is never loaded
    const { decodeWithSharp } = await import('./decode-with-sharp.ts')
    return await decodeWithSharp(lean, format, maxPixels)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause)
    if (reason.includes('exceeds pixel limit')) throw tooManyPixels(name, 'more pixels', maxPixels)
    // libtiff says the same thing once for every strip
    const lines = new Set(reason.split('\n').map((line) => line.trim()))
    throw unreadable(name, read.fault ?? [...lines].filter(Boolean).join('; '), cause)
  }
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty'
  return `it starts with ${Buffer.from(bytes.subarray(0, 8)).toString('hex')}`
}
