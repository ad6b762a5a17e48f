import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ImageGeometry } from '../contracts/index.ts'
import { describePixels, inputFeatures, type PixelFeatures, pixelFeatureNames } from './index.ts'

interface Golden {
  readonly cases: readonly {
    readonly name: string
    readonly geometry: ImageGeometry
    readonly pixels: string
    readonly features: PixelFeatures
  }[]
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../test/golden/pixel-features.json', import.meta.url), 'utf8'),
) as Golden
const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

describe('describePixels', () => {
  for (const { name, geometry, pixels, features } of cases) {
    it(`gives numpy's numbers for ${name}`, () => {
      const got = describePixels(decode(pixels), geometry)
      expect(Object.keys(got).sort()).toEqual([...pixelFeatureNames].sort())
      const values = (of: PixelFeatures) => pixelFeatureNames.map((feature) => of[feature])
      expect(values(got)).toBeAllClose(values(features), { absolute: 1e-9, relative: 1e-12 })
    })
  }

  it('has the brightness and contrast of inputFeatures, to the bit', () => {
    for (const { pixels, geometry } of cases) {
      const { avg_brightness, contrast } = inputFeatures(decode(pixels), 1)
      const got = describePixels(decode(pixels), geometry)
      expect([got.avg_brightness, got.contrast]).toEqual([avg_brightness[0], contrast[0]])
    }
  })
})
