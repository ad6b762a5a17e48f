import sharp from 'sharp'
import { AtelierError } from '../core/index.ts'
import { type ImageFormat, sniffImageFormat } from './image-format.ts'
import type { Raster } from './raster.ts'

export interface DecodeLimits {
  /** What errors call the picture, usually its file name. */
  readonly name?: string
  readonly maxBytes?: number
  /** Width times height: a small file can unpack to gigabytes. */
  readonly maxPixels?: number
}

const MAX_BYTES = 32 * 2 ** 20
const MAX_PIXELS = 64 * 10 ** 6

/**
 * Decodes a picture to what PIL's `exif_transpose(image).convert("RGB")` gives: orientation tag
 * applied, alpha dropped, palette and grey expanded, 16 bits cut to 8, first frame of an animation.
 * One difference is meant: PIL turns 16-bit grey white (it clips); here its upper 8 bits are kept,
 * as for 16-bit colour. Throws IMAGE_UNREADABLE or IMAGE_TOO_LARGE.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<Raster> {
  const { name = 'the image', maxBytes = MAX_BYTES, maxPixels = MAX_PIXELS } = limits
  if (bytes.length > maxBytes) {
    throw tooLarge(name, `${bytes.length} bytes`, `at most ${maxBytes} bytes`)
  }
  // By its first bytes, before any decoder sees it: SVG, PDF and the like never reach sharp.
  const format = sniffImageFormat(bytes)
  if (format === undefined) {
    throw unreadable(name, `it is not a PNG, JPEG, WebP, GIF or TIFF (${describeStart(bytes)})`)
  }
  try {
    return await decodeWithSharp(bytes, format, maxPixels)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause)
    if (reason.includes('exceeds pixel limit')) {
      throw tooLarge(name, 'more pixels', `at most ${maxPixels} pixels`)
    }
    throw unreadable(name, reason.replaceAll('\n', '; '), cause)
  }
}

async function decodeWithSharp(
  bytes: Uint8Array,
  format: ImageFormat,
  maxPixels: number,
): Promise<Raster> {
  // PIL ignores colour profiles; sharp would convert to sRGB. Truncated pixel data is an error.
  const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', ignoreIcc: true })
  // Only these can hold inks, and asking takes as long as decoding a small picture.
  const asks = format === 'jpeg' || format === 'tiff'
  const inks = asks && (await image.metadata()).space === 'cmyk'
  const upright = image.autoOrient()
  const pixels = inks
    ? upright.pipelineColourspace('cmyk').toColourspace('cmyk')
    : upright.removeAlpha()
  const { data, info } = await pixels.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return { width, height, channels: 3, data: inks ? inksToRgb(data, info.channels) : data }
}

/** PIL's CMYK to RGB: each ink times the light that black leaves, divided by 255 with rounding. */
function inksToRgb(inks: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((inks.length / channels) * 3)
  for (let from = 0, to = 0; from < inks.length; from += channels, to += 3) {
    const light = 255 - inks[from + 3]!
    for (let ink = 0; ink < 3; ink++) {
      const product = inks[from + ink]! * light + 128
      rgb[to + ink] = light - ((product + (product >> 8)) >> 8)
    }
  }
  return rgb
}

function describeStart(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty'
  return `it starts with ${Buffer.from(bytes.subarray(0, 8)).toString('hex')}`
}

function tooLarge(name: string, got: string, wanted: string): AtelierError {
  return new AtelierError('IMAGE_TOO_LARGE', `${name} has ${got}; allowed are ${wanted}.`, {
    hint: 'Shrink the image before sending it.',
    data: { name },
  })
}

function unreadable(name: string, reason: string, cause?: unknown): AtelierError {
  return new AtelierError('IMAGE_UNREADABLE', `${name} cannot be decoded: ${reason}.`, {
    hint: 'Send a complete PNG, JPEG, WebP, GIF or TIFF file.',
    cause,
    data: { name },
  })
}
