import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lehmerUniforms } from '../../test/support/lehmer.ts'
import { type EdgeSums, openPixelSums } from './pixel-sums.ts'

const sums = openPixelSums()
/** Half of the pixels black or white, so that the filters reach their ends. */
const noise = (seed: number, size: number) =>
  Uint8Array.from(lehmerUniforms(seed, size), (uniform) => {
    const level = Math.floor(512 * uniform)
    return level < 256 ? level : 255 * (level & 1)
  })

/** The same, pixel by pixel. */
function plainSums(grey: Uint8Array, width: number, height: number): EdgeSums {
  let [sum, squares, edges] = [0, 0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = (down: number, right: number) => grey[(y + down) * width + x + right]!
      const laplacian = at(-1, 0) + at(1, 0) + at(0, -1) + at(0, 1) - 4 * at(0, 0)
      const column = (right: number) => at(-1, right) + 2 * at(0, right) + at(1, right)
      const row = (down: number) => at(down, -1) + 2 * at(down, 0) + at(down, 1)
      sum += laplacian
      squares += laplacian ** 2
      edges += Math.hypot(column(1) - column(-1), row(1) - row(-1)) > 255 ? 1 : 0
    }
  }
  return { sum, squares, edges }
}

describe('openPixelSums', () => {
  const sizes = [
    [28, 28],
    [3, 3],
    [10, 3],
    [11, 9],
    [12, 4],
    [19, 21],
    [3, 40],
    [300, 250],
  ] as const
  it.each(sizes)('sums what filters make of %i × %i pixels, to the last one', (width, height) => {
    for (let seed = 1; seed <= 20; seed++) {
      const image = noise(seed, width * height)
      sums.plane(image.length).set(image)
      expect(sums.sumEdges(width, height)).toEqual(plainSums(image, width, height))
    }
  })

  it('counts levels, of an odd number of pixels, too', () => {
    for (const size of [0, 1, 2, 783, 784]) {
      const image = noise(1, size)
      sums.plane(size).set(image)
      const wanted = new Int32Array(256)
      for (const level of image) wanted[level]!++
      expect(sums.countLevels(size)).toEqual(wanted)
    }
  })

  it('sums levels, of a number of pixels that fills no vector, too', () => {
    for (const size of [784, 1, 15, 16, 17, 0]) {
      const image = noise(size + 1, size)
      sums.plane(size).set(image)
      const of = (value: (level: number) => number) => image.reduce((sum, x) => sum + value(x), 0)
      expect(sums.sumLevels(size)).toEqual({
        sum: of((level) => level),
        squares: of((level) => level ** 2),
        bright: of((level) => (level > 25 ? 1 : 0)),
      })
    }
  })

  it('is compiled from its source', async () => {
    const script = new URL('../../scripts/compile-kernels.mjs', import.meta.url)
    const { compileKernels } = await import(script.href)
    const generated = new URL('generated/pixel-sums.ts', import.meta.url)
    expect(readFileSync(generated, 'utf8')).toBe(await compileKernels())
  })
})
