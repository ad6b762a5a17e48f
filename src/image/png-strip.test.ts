import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pngChunk, pngFile, pngRows } from '../../test/support/png-files.ts'
import { createRandom } from '../core/index.ts'
import { decodeImage } from './decode.ts'
import { decodeWithSharp } from './decode-with-sharp.ts'
import { stripPngNotes } from './png-strip.ts'

const shape = { width: 40, height: 30, depth: 8, color: 2 }
const rows = pngRows(shape, createRandom(5, 'sketch'))
const gamma = pngChunk('gAMA', Buffer.from([0, 0, 177, 143]))
const text = pngChunk('tEXt', Buffer.from('key\0text'))
const bomb = pngChunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(Buffer.alloc(7e6))]))
const exif = pngChunk('eXIf', Buffer.from('4d4d002a000000080001011200030000000100030000', 'hex'))

describe('stripPngNotes', () => {
  it('takes out texts and profiles before the pixels, and nothing else', () => {
    const notes = [bomb, text, pngChunk('iTXt', text), pngChunk('iCCP', text)]
    const before = [notes[0]!, gamma, ...notes.slice(1), exif]
    const after = [text]
    expect(stripPngNotes(pngFile({ ...shape, rows, before, after }))).toEqual(
      pngFile({ ...shape, rows, before: [gamma, exif], after }),
    )
  })

  it('mends nothing', () => {
    const good = pngFile({ ...shape, rows })
    const early = Buffer.concat([good.subarray(0, 8), text, good.subarray(8)])
    const long = Buffer.from(text)
    long.writeUInt32BE(0xffffffff)
    const endless = pngFile({ ...shape, rows, before: [long] })
    for (const bytes of [early, endless, good, good.subarray(0, 30), new Uint8Array(4)]) {
      expect(stripPngNotes(bytes)).toBe(bytes)
    }
  })

  it('spares sharp the unpacking of texts, which takes long', async () => {
    const bytes = pngFile({ ...shape, rows, before: [exif, ...Array(40).fill(bomb)] })
    const started = performance.now()
    const pixels = await decodeImage(bytes)
    const ours = performance.now() - started
    expect((await decodeWithSharp(bytes, 'png', 1e6)).data).toEqual(pixels.data)
    expect(ours).toBeLessThan((performance.now() - started - ours) / 3)
  })
})
