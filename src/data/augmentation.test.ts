import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.ts'
import { type AugmentationConfig, augmentBatch } from './augmentation.ts'

const none: AugmentationConfig = { flip: 0, shift: 0, erase: 0, erase_area: [0.02, 0.25] }
const geometry = { height: 5, width: 4, channels: 3 } as const
const size = 60
const ramp = (count = 1) => Uint8Array.from({ length: count * size }, (_, i) => (i % size) + 1)
const random = (step = 0, seed = 42) => createRandom(seed, 'augmentation', step)

/** The pixel that a shift by (dx, dy) puts at (channel, y, x). */
function shifted(image: Uint8Array, dx: number, dy: number): Uint8Array {
  const { height, width, channels } = geometry
  const out = new Uint8Array(size)
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [fromX, fromY] = [x - dx, y - dy]
        const inside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height
        out[(c * height + y) * width + x] = inside
          ? image[(c * height + fromY) * width + fromX]!
          : 0
      }
    }
  }
  return out
}

describe('augmentBatch', () => {
  it('leaves images alone when everything is off', () => {
    const images = ramp(2)
    augmentBatch(images, geometry, none, random())
    expect(images).toEqual(ramp(2))
  })

  it('mirrors every row of every channel', () => {
    const images = ramp()
    augmentBatch(images, geometry, { ...none, flip: 1 }, random())
    expect([...images.subarray(0, 8)]).toEqual([4, 3, 2, 1, 8, 7, 6, 5])
    augmentBatch(images, geometry, { ...none, flip: 1 }, random())
    expect(images).toEqual(ramp())
  })

  it('flips about the asked share of images', () => {
    const images = ramp(2000)
    augmentBatch(images, geometry, { ...none, flip: 0.3 }, random())
    let flipped = 0
    for (let i = 0; i < 2000; i++) if (images[i * size] === 4) flipped++
    expect(flipped / 2000).toBeGreaterThan(0.26)
    expect(flipped / 2000).toBeLessThan(0.34)
  })

  it('shifts up to the given pixels, zeros coming in, every shift in turn', () => {
    const candidates = new Map<string, string>()
    for (let dx = -7; dx <= 7; dx++) {
      for (let dy = -7; dy <= 7; dy++) {
        candidates.set(shifted(ramp(), dx, dy).join(), `${dx} ${dy}`)
      }
    }
    for (const [shift, wanted] of [
      [1, 9],
      [2, 25],
      [7, 64],
    ] as const) {
      const images = ramp(3000)
      augmentBatch(images, geometry, { ...none, shift }, random())
      const seen = new Set<string>()
      for (let i = 0; i < 3000; i++) {
        const key = images.subarray(i * size, (i + 1) * size).join()
        expect(candidates.has(key)).toBe(true)
        seen.add(key)
      }
      // Shifts by more than the image leave it black: 7 x 9 that show something, and one black.
      expect(seen.size).toBe(wanted)
    }
  })

  it('erases one rectangle of noise whose area is in the asked range', () => {
    const square = { height: 28, width: 28, channels: 1 } as const
    for (let step = 0; step < 200; step++) {
      const images = new Uint8Array(784)
      const filled = new Uint8Array(784).fill(255)
      const config: AugmentationConfig = { ...none, erase: 1, erase_area: [0.1, 0.2] }
      augmentBatch(images, square, config, random(step))
      augmentBatch(filled, square, config, random(step))
      const touched = [...images].flatMap((pixel, i) =>
        pixel !== 0 || filled[i] !== 255 ? [i] : [],
      )
      const rows = touched.map((i) => Math.floor(i / 28))
      const columns = touched.map((i) => i % 28)
      const extent = (values: number[]) => Math.max(...values) - Math.min(...values) + 1
      expect(extent(rows) * extent(columns)).toBe(touched.length)
      expect(touched.length / 784).toBeGreaterThan(0.085)
      expect(touched.length / 784).toBeLessThan(0.215)
      expect(new Set(touched.map((i) => images[i])).size).toBeGreaterThan(20)
    }
  })

  it('is a function of seed and step', () => {
    const all: AugmentationConfig = { flip: 0.5, shift: 2, erase: 0.5, erase_area: [0.02, 0.25] }
    const run = (step: number, seed?: number) => {
      const images = ramp(20)
      augmentBatch(images, geometry, all, random(step, seed))
      return images
    }
    expect(run(3)).toEqual(run(3))
    expect(run(3)).not.toEqual(run(4))
    expect(run(3)).not.toEqual(run(3, 1))
  })
})
