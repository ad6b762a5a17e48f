import { describe, expect, it } from 'vitest'
import { fillMask } from './dropout-mask.ts'

const COUNT = 100_000

function maskOf(keep: number, seed: number, step: number, index: number, count = COUNT) {
  const mask = new Uint8Array(count).fill(255)
  fillMask(mask, keep, seed, step, index)
  return mask
}

/** Deviation of the number of kept elements from its mean, in standard deviations. */
function deviation(kept: number, count: number, keep: number): number {
  return Math.abs(kept - count * keep) / Math.sqrt(count * keep * (1 - keep))
}

const sum = (mask: Uint8Array) => mask.reduce((total, value) => total + value, 0)

/** Correlation of two masks; its standard error is 1 / √COUNT when they are independent. */
function correlation(a: Uint8Array, b: Uint8Array): number {
  const [meanA, meanB] = [sum(a) / a.length, sum(b) / b.length]
  const both = a.reduce((total, value, i) => total + (value & b[i]!), 0) / a.length
  return (both - meanA * meanB) / Math.sqrt(meanA * (1 - meanA) * meanB * (1 - meanB))
}

describe('fillMask', () => {
  it.each([0.1, 0.5, 0.7, 0.9, 0.99])('keeps a share of %d, within four sigma', (keep) => {
    for (const step of [0, 1, 1000]) {
      const mask = maskOf(keep, 42, step, 0)
      expect(new Set(mask)).toEqual(new Set([0, 1]))
      expect(deviation(sum(mask), COUNT, keep)).toBeLessThan(4)
    }
  })

  it('keeps all at 1, nothing at 0, and fills masks of odd length', () => {
    expect([...maskOf(1, 1, 1, 0, 5)]).toEqual([1, 1, 1, 1, 1])
    expect([...maskOf(0, 1, 1, 0, 5)]).toEqual([0, 0, 0, 0, 0])
    expect(maskOf(0.5, 1, 1, 0, 1)[0]).toBeLessThanOrEqual(1)
  })

  it('keeps every position equally often over many steps', () => {
    const steps = 400
    const counts = new Float64Array(256)
    for (let step = 0; step < steps; step++) {
      for (const [i, kept] of maskOf(0.7, 3, step, 0, 256).entries()) counts[i]! += kept
    }
    const variance = steps * 0.7 * 0.3
    const chiSquare = counts.reduce((total, n) => total + (n - steps * 0.7) ** 2 / variance, 0)
    // 256 degrees of freedom; four standard deviations
    expect(Math.abs(chiSquare - 256)).toBeLessThan(4 * Math.sqrt(512))
  })

  it('is a function of seed, step and mask, to the bit', () => {
    const base = maskOf(0.7, 42, 10, 1)
    expect(maskOf(0.7, 42, 10, 1)).toEqual(base)
    for (const other of [
      maskOf(0.7, 43, 10, 1),
      maskOf(0.7, 42, 11, 1),
      maskOf(0.7, 42, 10, 0),
      maskOf(0.7, 42 + 2 ** 32, 10, 1),
    ]) {
      expect(other).not.toEqual(base)
    }
  })

  it('does not depend on the length of the mask', () => {
    expect(maskOf(0.7, 1, 2, 0, 100)).toEqual(maskOf(0.7, 1, 2, 0, 200).subarray(0, 100))
  })

  it('draws neighbouring steps, masks, seeds and positions independently', () => {
    for (const step of [0, 1, 2, 500]) {
      const base = maskOf(0.5, 7, step, 0)
      const others = [
        maskOf(0.5, 7, step + 1, 0),
        maskOf(0.5, 7, step, 1),
        maskOf(0.5, 8, step, 0),
        ...[1, 2, 64, 784].map((shift) =>
          Uint8Array.from(base, (_, i) => base[(i + shift) % COUNT]!),
        ),
      ]
      for (const other of others) {
        expect(Math.abs(correlation(base, other))).toBeLessThan(4.5 / Math.sqrt(COUNT))
      }
    }
  })
})
