import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ImageGeometry } from '../contracts/index.ts'
import { inputFeatures } from './input-features.ts'
import { createPreprocessing, preprocessImage, preprocessingFingerprint } from './preprocessing.ts'

interface Golden {
  readonly cases: readonly {
    readonly name: string
    readonly file: string
    readonly expected: readonly { readonly geometry: ImageGeometry; readonly pixels: string }[]
  }[]
  readonly features: {
    readonly pixels: string
    readonly count: number
    readonly avg_brightness: readonly number[]
    readonly contrast: readonly number[]
  }
}

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/image-preprocessing.json', import.meta.url), 'utf8'),
) as Golden
const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const standard = (geometry: ImageGeometry) =>
  createPreprocessing(geometry, { mean: [0.5], std: [0.5] })

describe('preprocessImage', () => {
  for (const { name, file, expected } of golden.cases) {
    it(`gives PIL's pixels for ${name}`, async () => {
      for (const { geometry, pixels } of expected) {
        const got = await preprocessImage(decode(file), standard(geometry))
        expect(largestDifference(got, decode(pixels))).toBe(0)
      }
    })
  }
})

function largestDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}

describe('inputFeatures', () => {
  it('matches numpy on pixels scaled to [-1, 1]', () => {
    const { pixels, count, avg_brightness, contrast } = golden.features
    const features = inputFeatures(decode(pixels), count)
    expect(features.avg_brightness).toBeAllClose(avg_brightness, { absolute: 1e-12 })
    expect(features.contrast).toBeAllClose(contrast, { absolute: 1e-12 })
  })

  it('gives a constant image no contrast', () => {
    const features = inputFeatures(new Uint8Array(784).fill(255), 1)
    expect([features.avg_brightness[0], features.contrast[0]]).toEqual([1, 0])
  })
})

describe('preprocessingFingerprint', () => {
  const geometry = { height: 28, width: 28, channels: 1 } as const
  const normalization = { mean: [0.286], std: [0.353] }

  it('does not depend on the order of keys', () => {
    const shuffled = { channels: 1, width: 28, height: 28 } as const
    expect(preprocessingFingerprint(createPreprocessing(shuffled, normalization))).toBe(
      preprocessingFingerprint(createPreprocessing(geometry, normalization)),
    )
  })

  it('changes with the geometry and with the normalization', () => {
    const fingerprints = [
      createPreprocessing(geometry, normalization),
      createPreprocessing({ ...geometry, width: 32 }, normalization),
      createPreprocessing(geometry, { mean: [0.5], std: [0.5] }),
    ].map(preprocessingFingerprint)
    expect(new Set(fingerprints).size).toBe(3)
  })
})
