import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  PNG_KINDS,
  type PngParts,
  type PngShape,
  pngChunk,
  pngFile,
  pngRows,
  randomBytes,
} from '../../test/support/png-files.ts'
import { createRandom } from '../core/index.ts'
import { decodeImage } from './decode.ts'
import { decodeWithSharp } from './decode-with-sharp.ts'
import { decodePngSync, preprocessImage, preprocessSync } from './index.ts'
import { type Raster, toGrey, toRgb } from './raster.ts'

const random = createRandom(3, 'sketch')

function picture(shape: Partial<PngShape> = {}, parts: Partial<PngParts> = {}): Buffer {
  const full = { width: 13, height: 9, depth: 8, color: 0, ...shape }
  const palette = full.color === 3 ? randomBytes(3 << full.depth, random) : undefined
  return pngFile({
    ...full,
    rows: parts.rows ?? pngRows(full, random),
    ...(palette && { palette }),
    ...parts,
  })
}

const bySharp = async (bytes: Uint8Array) => plain(await decodeWithSharp(bytes, 'png', 1e6))
const plain = (raster: Raster) => ({ ...raster, data: Buffer.from(raster.data) })

describe('decodePngSync', () => {
  for (const { color, depths } of PNG_KINDS) {
    for (const depth of depths) {
      it(`gives sharp's pixels for colour type ${color} with ${depth} bits`, async () => {
        for (const [width, height] of [
          [1, 1],
          [3, 2],
          [1, 40],
          [40, 1],
          [8, 8],
          [17, 29],
        ] as const) {
          const bytes = picture({ width, height, depth, color })
          const raster = decodePngSync(bytes)!
          expect(raster.channels).toBe(color === 0 || color === 4 ? 1 : 3)
          expect(plain(toRgb(raster))).toEqual(await bySharp(bytes))
        }
      })
    }
  }

  it('reads every filter in every row, the first as well', async () => {
    for (const color of [0, 6]) {
      for (let filter = 0; filter < 5; filter++) {
        const shape = { width: 21, height: 5, depth: 8, color }
        const bytes = pngFile({ ...shape, rows: pngRows(shape, random, () => filter) })
        expect(plain(toRgb(decodePngSync(bytes)!))).toEqual(await bySharp(bytes))
      }
    }
  })

  it('looks up entries beyond the palette as black, as libpng and PIL do', async () => {
    const bytes = picture({ color: 3 }, { palette: randomBytes(30, random) })
    const raster = decodePngSync(bytes)!
    expect(plain(raster)).toEqual(await bySharp(bytes))
    expect([...raster.data].filter((value) => value === 0).length).toBeGreaterThan(150)
  })

  it('reads pixels in several pieces, and past texts, profiles and transparency', async () => {
    const shape = { width: 30, height: 20, depth: 8, color: 2 }
    const stream = deflateSync(pngRows(shape, random))
    const text = pngChunk('zTXt', Buffer.from('k\0\0not zlib'))
    const bytes = pngFile({
      ...shape,
      rows: new Uint8Array(),
      before: [text, pngChunk('tRNS', new Uint8Array(6)), pngChunk('IDAT', stream.subarray(0, 99))],
      stream: stream.subarray(99),
      after: [text],
    })
    expect(plain(decodePngSync(bytes)!)).toEqual(await bySharp(bytes))
  })

  it('leaves to sharp what is turned, interlaced or large', async () => {
    const exif = Buffer.from('4d4d002a000000080001011200030000000100060000', 'hex')
    const turned = picture({ width: 5, height: 3 }, { before: [pngChunk('eXIf', exif)] })
    expect(decodePngSync(turned)).toBeUndefined()
    expect(await decodeImage(turned)).toMatchObject({ width: 3, height: 5 })
    const interlaced = picture({ width: 1, height: 1 }, { interlace: 1 })
    expect(decodePngSync(interlaced)).toBeUndefined()
    expect(await decodeImage(interlaced)).toMatchObject({ width: 1 })
    const large = picture({ width: 1024, height: 257, depth: 1 })
    expect(decodePngSync(large)).toBeUndefined()
    expect(await decodeImage(large)).toMatchObject({ width: 1024 })
    expect(decodePngSync(picture({ width: 1024, height: 256, depth: 1 }))).toBeDefined()
  })

  it('says what is wrong with a file that sharp refuses too', async () => {
    const shape = { width: 9, height: 7, depth: 8, color: 0 }
    const rows = pngRows(shape, random)
    const good = pngFile({ ...shape, rows })
    const broken: Record<string, Uint8Array> = {
      'it is cut off': good.subarray(0, good.length - 30),
      'the checksum of its pixels is wrong': good.with(60, good[60]! ^ 1),
      'the checksum of its header is wrong': good.with(23, good[23]! ^ 1),
      'rows are missing': pngFile({ ...shape, rows: rows.subarray(10) }),
      'a row has an unknown filter': pngFile({ ...shape, rows: rows.map((b, i) => (i ? b : 5)) }),
      'its header says colour type 2 with 4 bits': pngFile({ ...shape, color: 2, depth: 4, rows }),
      'it has no palette': pngFile({ ...shape, color: 3, rows }),
    }
    for (const [fault, bytes] of Object.entries(broken)) {
      await expect(decodeImage(bytes, { name: 'cat.png' })).rejects.toMatchObject({
        code: 'IMAGE_UNREADABLE',
        message: `cat.png cannot be decoded: ${fault}.`,
      })
    }
  })

  it('leaves to libpng a stream that looks back further than it says', async () => {
    const row = Uint8Array.from({ length: 801 }, (_, i) => (i === 0 ? 0 : random.integer(256)))
    const rows = Buffer.concat([row, row, row])
    const stream = deflateSync(rows)
    const small = Buffer.concat([Buffer.from('081d', 'hex'), stream.subarray(2)])
    const shape = { width: 800, height: 3, depth: 8, color: 0, rows }
    expect(decodePngSync(pngFile({ ...shape, stream }))).toBeDefined()
    const bytes = pngFile({ ...shape, stream: small })
    expect(decodePngSync(bytes)).toBeUndefined()
    await expect(decodeWithSharp(bytes, 'png', 1e6)).rejects.toThrow()
  })

  it('does not read past a damaged transparency, which libvips refuses', async () => {
    const bytes = picture({ color: 3 }, { before: [pngChunk('tRNS', new Uint8Array(2), 1)] })
    expect(decodePngSync(bytes)).toBeUndefined()
    await expect(decodeWithSharp(bytes, 'png', 1e6)).rejects.toThrow()
  })

  it('refuses at once what unpacks to far more than its pixels', () => {
    const stream = deflateSync(new Uint8Array(1e6))
    expect(() => decodePngSync(picture({}, { stream }))).toThrow(
      expect.objectContaining({ code: 'IMAGE_UNREADABLE' }),
    )
  })

  it('refuses more bytes and pixels than allowed', () => {
    const bytes = picture({ width: 30, height: 20 })
    for (const limits of [{ maxBytes: 99 }, { maxPixels: 599 }]) {
      expect(() => decodePngSync(bytes, limits)).toThrow(
        expect.objectContaining({ code: 'IMAGE_TOO_LARGE' }),
      )
    }
    expect(decodePngSync(bytes, { maxBytes: bytes.length, maxPixels: 600 })).toBeDefined()
  })
})

describe('toGrey', () => {
  it('leaves grey as it is, so that grey files may stay one channel', () => {
    const levels = Uint8Array.from({ length: 256 }, (_, level) => level)
    const grey: Raster = { width: 256, height: 1, channels: 1, data: levels }
    expect(toGrey(toRgb(grey)).data).toEqual(levels)
  })
})

describe('preprocessSync', () => {
  it('gives the pixels of preprocessImage, or nothing', async () => {
    for (const channels of [1, 3] as const) {
      const spec = {
        geometry: { width: 12, height: 11, channels },
        color: channels === 1 ? 'grey' : 'rgb',
      } as const
      for (const color of [0, 2]) {
        const bytes = picture({ color })
        expect(preprocessSync(bytes, spec)).toEqual(await preprocessImage(bytes, spec))
      }
      expect(preprocessSync(Buffer.from('GIF89a'), spec)).toBeUndefined()
    }
  })
})
