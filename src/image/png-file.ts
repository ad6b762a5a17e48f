/**
 * The container of a PNG file, read strictly: what is not plainly right is not read here, and the
 * caller is told why. Text, colour profiles and other ancillary chunks are stepped over, never
 * unpacked.
 */
import { crc32 } from 'node:zlib'

export interface PngHeader {
  readonly width: number
  readonly height: number
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number
  readonly color: PngColor
  readonly interlaced: boolean
}

export interface PngFile {
  /** As it is, not spread: that would cost each picture a hidden class of its own. */
  readonly header: PngHeader
  /** 256 RGB entries, black beyond those the file has; only where pixels are entries of it. */
  readonly palette: Uint8Array | undefined
  /** The zlib stream with the rows. */
  readonly compressed: Uint8Array
}

/** What libpng refuses as well, so that it need not be asked. `fault` is a clause for messages. */
export interface Refused {
  readonly fault: string
  readonly certain: true
}

/** What it is left to libpng to read or refuse; no `fault` when perhaps nothing is wrong. */
export interface Doubtful {
  readonly fault: string | undefined
  readonly certain: false
}

export type NotRead = Refused | Doubtful

export const certain = (fault: string): Refused => ({ fault, certain: true })
export const doubtful = (fault?: string): Doubtful => ({ fault, certain: false })

/** The colour types of the format, by their number. */
export const PNG_COLOR = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgba: 6 } as const
export type PngColor = (typeof PNG_COLOR)[keyof typeof PNG_COLOR]

export interface PngChunk {
  /** The four letters of its name as one number. */
  readonly type: number
  /** Where its length stands; its name follows at 4, its data at 8, its checksum after those. */
  readonly start: number
  readonly length: number
}

export const IHDR = 0x49484452
export const IDAT = 0x49444154
const PLTE = 0x504c5445
const IEND = 0x49454e44
const TRNS = 0x74524e53
const EXIF = 0x65584966

/** The chunks whose checksums count, and what messages call them. */
const CONTENT: Readonly<Record<number, string>> = {
  [IDAT]: 'pixels',
  [PLTE]: 'palette',
  [TRNS]: 'transparency',
  [IEND]: 'end',
}

export const FIRST_CHUNK = 8
/** Length, name and checksum. */
export const CHUNK_FRAME = 12
const HEADER_END = FIRST_CHUNK + CHUNK_FRAME + 13
const LOWER_CASE = 0x20

/** Bits per sample that each colour type may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [PNG_COLOR.grey]: [1, 2, 4, 8, 16],
  [PNG_COLOR.rgb]: [8, 16],
  [PNG_COLOR.palette]: [1, 2, 4, 8],
  [PNG_COLOR.greyAlpha]: [8, 16],
  [PNG_COLOR.rgba]: [8, 16],
}

/** What the first chunk says. The bytes are known to start with the signature of a PNG. */
export function readPngHeader(bytes: Uint8Array): PngHeader | Refused {
  const chunk = chunkAt(bytes, FIRST_CHUNK)
  if (chunk?.type !== IHDR || chunk.length !== 13) return certain('its header is missing')
  if (!isIntact(bytes, chunk)) return certain('the checksum of its header is wrong')
  const width = uint32(bytes, 16)
  const height = uint32(bytes, 20)
  const depth = bytes[24]!
  const color = bytes[25]!
  if (width === 0 || height === 0 || width > 0x7fffffff || height > 0x7fffffff) {
    return certain(`its header says ${width} x ${height} pixels`)
  }
  if (DEPTHS[color]?.includes(depth) !== true) {
    return certain(`its header says colour type ${color} with ${depth} bits`)
  }
  if (bytes[26] !== 0 || bytes[27] !== 0 || bytes[28]! > 1) {
    return certain('its header names unknown methods')
  }
  return { width, height, depth, color: color as PngColor, interlaced: bytes[28] === 1 }
}

/** The chunk that starts at `start`; undefined when the file ends before the chunk does. */
export function chunkAt(bytes: Uint8Array, start: number): PngChunk | undefined {
  if (start + CHUNK_FRAME > bytes.length) return undefined
  const length = uint32(bytes, start)
  if (length > bytes.length - start - CHUNK_FRAME) return undefined
  return { type: uint32(bytes, start + 4), start, length }
}

/**
 * The palette and the compressed rows of a file whose header is `header`. One with an orientation is
 * not read.
 */
export function readPngFile(bytes: Uint8Array, header: PngHeader): PngFile | NotRead {
  const { depth, color } = header
  const parts: Uint8Array[] = []
  let palette: Uint8Array | undefined
  let previous = IHDR
  for (let start = HEADER_END; ; ) {
    const chunk = chunkAt(bytes, start)
    if (chunk === undefined) return doubtful('it is cut off')
    const { type, length } = chunk
    if (type === EXIF) return doubtful()
    const fault = faultOf(bytes, chunk)
    if (fault !== undefined) {
      return type === IDAT && parts.length === 0 ? certain(fault) : doubtful(fault)
    }
    if (type === IEND) break
    if (type === IDAT) {
      if (parts.length > 0 && previous !== IDAT) return doubtful('its pixels are not in one piece')
      parts.push(bytes.subarray(start + 8, start + 8 + length))
    } else if (type === PLTE) {
      if (palette || parts.length > 0) return doubtful('its palette is in the wrong place')
      palette = paletteOf(bytes, chunk, color === PNG_COLOR.palette ? depth : 8)
      if (palette === undefined) return doubtful(`its palette has ${length} bytes`)
    }
    previous = type
    start += CHUNK_FRAME + length
  }
  if (parts.length === 0) return certain('it has no pixels')
  const compressed = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  // Files in full colour may have one too, as a hint for poor displays.
  if (color !== PNG_COLOR.palette) return { header, palette: undefined, compressed }
  if (!palette) return certain('it has no palette')
  return { header, palette, compressed }
}

/** Ancillary chunks may hold anything, only that libvips refuses a damaged tRNS. */
function faultOf(bytes: Uint8Array, chunk: PngChunk): string | undefined {
  const { type, length } = chunk
  if (!isNamed(bytes, chunk.start + 4)) return 'a chunk has no proper name'
  const content = CONTENT[type]
  if (content === undefined) {
    const critical = (bytes[chunk.start + 4]! & LOWER_CASE) === 0
    return critical ? 'a critical chunk is unknown' : undefined
  }
  if (type === IEND && length !== 0) return 'its last chunk is not empty'
  return isIntact(bytes, chunk) ? undefined : `the checksum of its ${content} is wrong`
}

function isNamed(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 4; i++) {
    const upper = bytes[i]! & ~LOWER_CASE
    if (upper < 0x41 || upper > 0x5a) return false
  }
  return (bytes[at + 2]! & LOWER_CASE) === 0
}

function isIntact(bytes: Uint8Array, { start, length }: PngChunk): boolean {
  const end = start + 8 + length
  return crc32(bytes.subarray(start + 4, end)) === uint32(bytes, end)
}

function paletteOf(bytes: Uint8Array, chunk: PngChunk, depth: number): Uint8Array | undefined {
  const { start, length } = chunk
  if (length === 0 || length % 3 !== 0 || length > 3 << depth) return undefined
  const palette = new Uint8Array(256 * 3)
  palette.set(bytes.subarray(start + 8, start + 8 + length))
  return palette
}

function uint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  )
}
