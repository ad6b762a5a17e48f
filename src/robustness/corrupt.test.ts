import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ImageGeometry } from '../contracts/index.ts'
import { createRandom } from '../core/index.ts'
import { type CorruptionName, corrupt, corruptionNames, corruptions, severities } from './index.ts'

const GREY: ImageGeometry = { height: 28, width: 28, channels: 1 }
const COLOUR: ImageGeometry = { height: 50, width: 72, channels: 3 }
const COUNT = 8

/** Soft-edged shapes with some texture on black, as garments are photographed. */
function pictures(count: number, { height, width, channels }: ImageGeometry) {
  const images = new Uint8Array(count * channels * height * width)
  for (let image = 0, at = 0; image < count; image++) {
    const random = createRandom(5, 'sketch', image)
    const [tall, wide] = [0.25 + 0.2 * random.uniform(), 0.2 + 0.25 * random.uniform()]
    const waves = 3 + 6 * random.uniform()
    for (let channel = 0; channel < channels; channel++) {
      const light = 100 + 140 * random.uniform()
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const [v, u] = [(y + 0.5) / height - 0.5, (x + 0.5) / width - 0.5]
          const inside = Math.min(1, Math.max(0, 8 * (1 - Math.hypot(v / tall, u / wide))))
          images[at++] = inside * light * (0.8 + 0.2 * Math.sin(waves * (u + 2 * v) * 6))
        }
      }
    }
  }
  return images
}

const grey = pictures(COUNT, GREY)
const colour = pictures(3, COLOUR)

/** Mean distance of the pixels, in levels. */
function distance(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length
}

/** One minus the correlation: what no change of brightness and contrast brings back. */
function lostStructure(a: Uint8Array, b: Uint8Array): number {
  const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [ma, mb] = [mean(a), mean(b)]
  const dot = (x: Uint8Array, mx: number, y: Uint8Array, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0)
  return 1 - dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb))
}

describe('corruptions', () => {
  it('has an entry for every name', () => {
    expect(Object.keys(corruptions)).toEqual([...corruptionNames])
  })

  describe.each(corruptionNames)('%s', (name: CorruptionName) => {
    it.each([
      ['small grey', grey, COUNT, GREY],
      ['larger colour', colour, 3, COLOUR],
    ] as const)('damages %s images more with each severity', (_, images, count, geometry) => {
      // more severe frost also darkens, which on black pictures is less of a distance
      const measure = name === 'frost' ? lostStructure : distance
      const damage = severities.map((severity) =>
        measure(images, corrupt(images, count, geometry, { name, severity, seed: 1 })),
      )
      expect(damage[0]).toBeGreaterThan(name === 'frost' ? 0.0005 : 0.2)
      for (const [i, value] of damage.slice(1).entries()) {
        // severities 3 and 4 of motion blur differ in the far end of a streak alone
        expect(value).toBeGreaterThan(damage[i]! * (name === 'motion_blur' ? 0.999 : 1.01))
      }
    })

    it('gives the same bytes again, and others for another seed if it draws at all', () => {
      const draw = (seed: number) => corrupt(grey, COUNT, GREY, { name, severity: 3, seed })
      expect(draw(7)).toEqual(draw(7))
      expect(distance(draw(7), draw(8)) > 0).toBe(!FIXED.has(name))
    })

    it('leaves its input alone, and makes of an image the same wherever it stands', () => {
      const before = grey.slice()
      const all = corrupt(grey, COUNT, GREY, { name, severity: 5, seed: 3 })
      expect(grey).toEqual(before)
      const size = 28 * 28
      const picked = [6, 2]
      const some = new Uint8Array(
        picked.flatMap((i) => [...grey.subarray(i * size, (i + 1) * size)]),
      )
      const options = { name, severity: 5, seed: 3, indices: Int32Array.from(picked) } as const
      const again = corrupt(some, 2, GREY, options)
      for (const [k, i] of picked.entries()) {
        const wanted = all.subarray(i * size, (i + 1) * size)
        expect(again.subarray(k * size, (k + 1) * size)).toEqual(wanted)
      }
    })

    it('takes the smallest images there are', () => {
      for (const severity of [1, 5] as const) {
        const tiny = { height: 4, width: 5, channels: 3 } as const
        const out = corrupt(colour.subarray(0, 60), 1, tiny, { name, severity, seed: 1 })
        expect(out).toHaveLength(60)
      }
    })

    it('does not stumble over black and white', () => {
      for (const level of [0, 255]) {
        const flat = new Uint8Array(28 * 28).fill(level)
        const out = corrupt(flat, 1, GREY, { name, severity: 5, seed: 1 })
        // no NaN, which would be stored as 0 everywhere
        if (level === 255) expect(Math.max(...out)).toBeGreaterThan(100)
      }
    })
  })
})

/** Those without chance. */
const FIXED: ReadonlySet<CorruptionName> = new Set([
  'defocus_blur',
  'zoom_blur',
  'brightness',
  'contrast',
  'pixelate',
  'jpeg_compression',
])

describe('corrupt', () => {
  it('refuses bytes that are not so many images', () => {
    const options = { name: 'fog', severity: 1, seed: 1 } as const
    expect(() => corrupt(grey, COUNT + 1, GREY, options)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    )
  })
})

describe('gaussian_noise', () => {
  it('moves a mid-grey value by draws of the deviation it names', () => {
    const flat = new Uint8Array(28 * 28 * 40).fill(128)
    const out = corrupt(flat, 40, GREY, { name: 'gaussian_noise', severity: 3, seed: 1 })
    const mean = out.reduce((sum, value) => sum + value, 0) / out.length
    const square = out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length
    expect(mean).toBeCloseTo(128, 0)
    expect(Math.sqrt(square) / 255).toBeCloseTo(0.08, 2)
  })
})

describe('shot_noise', () => {
  it('has the variance of counted light', () => {
    const flat = new Uint8Array(28 * 28 * 40).fill(102)
    const out = corrupt(flat, 40, GREY, { name: 'shot_noise', severity: 4, seed: 1 })
    const mean = out.reduce((sum, value) => sum + value, 0) / out.length
    const square = out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length
    expect(mean / 255).toBeCloseTo(0.4, 2)
    expect(square / 255 ** 2).toBeCloseTo(0.4 / 75, 3)
  })
})

describe('impulse_noise', () => {
  it('turns as many values black as white, of the share it names', () => {
    const flat = new Uint8Array(28 * 28 * 40).fill(128)
    const out = corrupt(flat, 40, GREY, { name: 'impulse_noise', severity: 5, seed: 1 })
    const share = (level: number) => out.filter((value) => value === level).length / out.length
    expect(share(0)).toBeCloseTo(0.035, 2)
    expect(share(255)).toBeCloseTo(0.035, 2)
    expect(share(128)).toBeCloseTo(0.93, 2)
  })
})

describe('jpeg_compression', () => {
  it.each([
    ['grey', grey, GREY],
    ['colour', colour, COLOUR],
  ] as const)('loses of %s images what libjpeg loses', async (_, images, geometry) => {
    const { height, width, channels } = geometry
    const size = channels * height * width
    const quality = [80, 65, 58, 50, 40]
    for (const severity of severities) {
      const ours = corrupt(images.subarray(0, size), 1, geometry, {
        name: 'jpeg_compression',
        severity,
        seed: 1,
      })
      const interleaved = new Uint8Array(size)
      for (let i = 0; i < size; i++) {
        interleaved[i] = images[(i % channels) * height * width + Math.floor(i / channels)]!
      }
      const raw = sharp(interleaved, { raw: { width, height, channels } })
      const image = channels === 1 ? raw.toColourspace('b-w') : raw
      const file = await image.jpeg({ quality: quality[severity - 1]! }).toBuffer()
      const decoder = channels === 1 ? sharp(file).toColourspace('b-w') : sharp(file)
      const theirs = await decoder.raw().toBuffer()
      expect(theirs).toHaveLength(size)
      const differences = theirs.map((value, i) =>
        Math.abs(value - ours[(i % channels) * height * width + Math.floor(i / channels)]!),
      )
      const mean = differences.reduce((sum, value) => sum + value, 0) / size
      expect(mean).toBeLessThan(0.7)
      expect(Math.max(...differences)).toBeLessThan(12)
    }
  })
})
