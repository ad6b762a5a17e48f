import sharp from 'sharp'
import { AtelierError } from '../core/index.ts'
import { sniffImageFormat } from './image-format.ts'
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
 * Grey files stay one channel. Throws IMAGE_UNREADABLE or IMAGE_TOO_LARGE.
 */
export async function decodeImage(bytes: Uint8Array, limits: DecodeLimits = {}): Promise<Raster> {
  const { name = 'the image', maxBytes = MAX_BYTES, maxPixels = MAX_PIXELS } = limits
  if (bytes.length > maxBytes) {
    throw tooLarge(name, `${bytes.length} bytes`, `at most ${maxBytes} bytes`)
  }
  // By its first bytes, before any decoder sees it: SVG, PDF and the like never reach sharp.
  if (sniffImageFormat(bytes) === undefined) {
    throw unreadable(name, `it is not a PNG, JPEG, WebP, GIF or TIFF (${describeStart(bytes)})`)
  }
  try {
    return await decodeWithSharp(bytes, maxPixels)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause)
    if (reason.includes('exceeds pixel limit')) {
      throw tooLarge(name, 'more pixels', `at most ${maxPixels} pixels`)
    }
    throw unreadable(name, reason.replaceAll('\n', '; '), cause)
  }
}

async function decodeWithSharp(bytes: Uint8Array, maxPixels: number): Promise<Raster> {
  // PIL ignores colour profiles; sharp would convert to sRGB. Truncated pixel data is an error.
  const { data, info } = await sharp(bytes, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    ignoreIcc: true,
  })
    .autoOrient()
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data }
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
