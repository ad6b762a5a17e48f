import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from './decode.ts'
import { encodePng } from './encode.ts'
import { toPlanes } from './raster.ts'

const noise = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7919) % 251)
const picture = sharp(noise, { raw: { width: 40, height: 30, channels: 3 } })

describe('decodeImage', () => {
  it('refuses files cut off at any of several places, in every format', async () => {
    const files = {
      png: await picture.clone().png().toBuffer(),
      jpeg: await picture.clone().jpeg().toBuffer(),
      webp: await picture.clone().webp().toBuffer(),
      gif: await picture.clone().gif().toBuffer(),
      tiff: await picture.clone().tiff({ compression: 'lzw' }).toBuffer(),
    }
    for (const [format, bytes] of Object.entries(files)) {
      await expect(decodeImage(bytes), format).resolves.toMatchObject({ width: 40, height: 30 })
      for (const share of [0.1, 0.4, 0.7, 0.9]) {
        const cut = bytes.subarray(0, Math.floor(bytes.length * share))
        await expect(decodeImage(cut), `${format} ${share}`).rejects.toMatchObject({
          code: 'IMAGE_UNREADABLE',
        })
      }
    }
  })

  it('refuses other formats by their bytes, naming the file', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    for (const bytes of [svg, Buffer.alloc(0), Buffer.from('%PDF-1.4'), Buffer.alloc(100)]) {
      await expect(decodeImage(bytes, { name: 'cat.png' })).rejects.toMatchObject({
        code: 'IMAGE_UNREADABLE',
        message: expect.stringContaining('cat.png'),
      })
    }
  })

  it('refuses more pixels than allowed before unpacking them', async () => {
    const black = { width: 3000, height: 3000, channels: 3 as const, background: 'black' }
    const bomb = await sharp({ create: black }).png().toBuffer()
    expect(bomb.length).toBeLessThan(100_000)
    await expect(decodeImage(bomb, { maxPixels: 1_000_000 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
    })
  })

  it('takes pixels as stored: a colour profile changes nothing, as in PIL', async () => {
    const tagged = await picture.clone().withIccProfile('p3').png().toBuffer()
    const plain = withoutChunk(tagged, 'iCCP')
    expect(plain.length).toBeLessThan(tagged.length)
    expect((await decodeImage(tagged)).data).toEqual((await decodeImage(plain)).data)
  })

  it('refuses more bytes than allowed', async () => {
    const bytes = await picture.clone().png().toBuffer()
    await expect(decodeImage(bytes, { maxBytes: 50 })).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
    })
  })
})

function withoutChunk(png: Buffer, kind: string): Buffer {
  const at = png.indexOf(kind) - 4
  return Buffer.concat([png.subarray(0, at), png.subarray(at + 12 + png.readUInt32BE(at))])
}

describe('encodePng', () => {
  it('comes back bit for bit, in colour and in grey', async () => {
    const color = { height: 30, width: 40, channels: 3 } as const
    expect(toPlanes(await decodeImage(await encodePng(noise, color)))).toEqual(noise)
    const grey = { height: 30, width: 40, channels: 1 } as const
    const pixels = noise.subarray(0, 1200)
    const file = await encodePng(pixels, grey)
    expect((await sharp(file).metadata()).channels).toBe(1)
    expect(toPlanes(await decodeImage(file)).subarray(0, 1200)).toEqual(pixels)
  })
})
