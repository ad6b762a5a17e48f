import { AtelierError } from '../core/index.ts'

export interface DecodeLimits {
  /** What errors call the picture, usually its file name. */
  readonly name?: string
  /** Length of the file; 32 MiB when left out. */
  readonly maxBytes?: number
  /** Width times height, 64 million when left out: a small file can unpack to gigabytes. */
  readonly maxPixels?: number
}

const MAX_BYTES = 32 * 2 ** 20
const MAX_PIXELS = 64 * 10 ** 6

/** The limits with nothing left out. Throws IMAGE_TOO_LARGE when the file is longer than they allow. */
export function applyLimits(bytes: Uint8Array, limits: DecodeLimits): Required<DecodeLimits> {
  const { name = 'the image', maxBytes = MAX_BYTES, maxPixels = MAX_PIXELS } = limits
  if (bytes.length > maxBytes) {
    throw tooLarge(name, `${bytes.length} bytes`, `at most ${maxBytes} bytes`)
  }
  return { name, maxBytes, maxPixels }
}

export function tooManyPixels(name: string, got: string, maxPixels: number): AtelierError {
  return tooLarge(name, got, `at most ${maxPixels} pixels`)
}

function tooLarge(name: string, got: string, wanted: string): AtelierError {
  return new AtelierError('IMAGE_TOO_LARGE', `${name} has ${got}; allowed are ${wanted}.`, {
    hint: 'Shrink the image before sending it.',
    data: { name },
  })
}

export function unreadable(name: string, reason: string, cause?: unknown): AtelierError {
  return new AtelierError('IMAGE_UNREADABLE', `${name} cannot be decoded: ${reason}.`, {
    hint: 'Send a complete PNG, JPEG, WebP, GIF or TIFF file.',
    cause,
    data: { name },
  })
}
