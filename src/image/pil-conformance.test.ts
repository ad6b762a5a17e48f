/** What PIL makes of many small files and sizes: test/golden/image-decoding.py, image-resizing.py. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../core/index.ts'
import { decodeImage } from './decode.ts'
import { type Raster, toGrey, toRgb } from './raster.ts'
import { resizeBilinear } from './resize.ts'

interface Decoding {
  readonly cases: readonly {
    readonly name: string
    readonly width: number
    readonly height: number
    /** Of the RGB bytes. */
    readonly sha256: string
    readonly file: string
  }[]
}

interface Resizing {
  readonly cases: readonly {
    readonly from: readonly [number, number]
    readonly to: readonly [number, number]
    /** SHA-256 of the bytes of the resized picture, and of its grey twin. */
    readonly rgb: string
    readonly grey: string
  }[]
}

const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../test/golden/${name}.json`, import.meta.url), 'utf8')) as T
const decoding = golden<Decoding>('image-decoding').cases
const resizing = golden<Resizing>('image-resizing').cases

describe('decodeImage', () => {
  for (const format of ['png', 'jpg', 'webp', 'gif', 'tif']) {
    const files = decoding.filter(({ name }) => name.endsWith(`.${format}`))
    it(`gives PIL's pixels for ${files.length} .${format} files`, async () => {
      expect(files.length).toBeGreaterThan(9)
      for (const { name, width, height, sha256: wanted, file } of files) {
        const raster = toRgb(await decodeImage(Buffer.from(file, 'base64'), { name }))
        const got = {
          name,
          width: raster.width,
          height: raster.height,
          sha256: sha256(raster.data),
        }
        expect(got).toEqual({ name, width, height, sha256: wanted })
      }
    })
  }
})

describe('resizeBilinear', () => {
  it(`gives the pixels of PIL and torchvision at ${resizing.length} pairs of sizes`, () => {
    expect(resizing.length).toBeGreaterThan(50)
    for (const { from, to, rgb, grey } of resizing) {
      const image = formula(...from)
      const got = [image, toGrey(image)].map((each) => sha256(resizeBilinear(each, ...to).data))
      expect({ from, to, rgb: got[0], grey: got[1] }).toEqual({ from, to, rgb, grey })
    }
  })
})

/** The picture that the golden numbers were made from. */
function formula(width: number, height: number): Raster {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) data[to++] = 3 * x * x + 7 * y + x * y + 50 * c + 11 * y * c
    }
  }
  return { width, height, channels: 3, data }
}
