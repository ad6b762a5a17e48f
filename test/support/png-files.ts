/** PNG files by the chunk, so that any part of one can be wrong. */
import { crc32, deflateSync } from 'node:zlib'
import type { Random } from '../../src/core/index.ts'

export const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')

/** The colour types of the format and the bits per sample that each may have. */
export const PNG_KINDS = [
  { color: 0, samples: 1, depths: [1, 2, 4, 8, 16] },
  { color: 2, samples: 3, depths: [8, 16] },
  { color: 3, samples: 1, depths: [1, 2, 4, 8] },
  { color: 4, samples: 2, depths: [8, 16] },
  { color: 6, samples: 4, depths: [8, 16] },
] as const

export interface PngShape {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly color: number
}

export interface PngParts extends PngShape {
  readonly interlace?: number
  readonly palette?: Uint8Array
  /** Each row with the number of its filter before it. */
  readonly rows: Uint8Array
  /** Compressed rows, instead of `rows`. */
  readonly stream?: Uint8Array
  /** Chunks between header and pixels, and between pixels and end. */
  readonly before?: readonly Uint8Array[]
  readonly after?: readonly Uint8Array[]
}

export function pngChunk(type: string, data: Uint8Array = new Uint8Array(), crc?: number): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  return Buffer.concat([uint32(data.length), named, uint32(crc ?? crc32(named))])
}

/** The 13 bytes of a header. */
export function pngHeader(shape: PngShape, interlace = 0): Buffer {
  const { width, height, depth, color } = shape
  return Buffer.concat([
    uint32(width),
    uint32(height),
    Buffer.from([depth, color, 0, 0, interlace]),
  ])
}

export function pngFile(parts: PngParts): Buffer {
  const { rows, stream = deflateSync(rows), palette, before = [], after = [] } = parts
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', pngHeader(parts, parts.interlace)),
    ...(palette ? [pngChunk('PLTE', palette)] : []),
    ...before,
    pngChunk('IDAT', stream),
    ...after,
    pngChunk('IEND'),
  ])
}

/** Bytes of a row, without the one for its filter. */
export function pngStride({ width, depth, color }: PngShape): number {
  const kind = PNG_KINDS.find((known) => known.color === color)
  return Math.ceil((width * depth * (kind?.samples ?? 1)) / 8)
}

/** Rows of any bytes: with any filter, any bytes are a picture. Some runs of zeros, as in real ones. */
export function pngRows(
  shape: PngShape,
  random: Random,
  filter = () => random.integer(5),
): Uint8Array {
  const stride = pngStride(shape)
  const rows = new Uint8Array((stride + 1) * shape.height)
  for (let y = 0; y < shape.height; y++) {
    const start = y * (stride + 1)
    const spread = random.integer(2) === 0 ? 256 : 6
    rows[start] = filter()
    for (let i = 1; i <= stride; i++) rows[start + i] = random.integer(spread) - (spread >> 1)
  }
  return rows
}

export function randomBytes(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random.integer(256))
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
