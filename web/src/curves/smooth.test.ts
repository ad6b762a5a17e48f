import { describe, expect, it } from 'vitest'
import { smoothValues } from './smooth.ts'

const range = (count: number) => Array.from({ length: count }, (_, at) => at)

describe('smoothValues', () => {
  it('gives the values themselves without a weight', () => {
    expect(smoothValues([1, 2, 3], [5, null, 7], 0)).toEqual([5, null, 7])
  })

  it('leaves a level curve level from its first point on', () => {
    for (const value of smoothValues(range(50), Array(50).fill(3), 0.9)) {
      expect(value).toBeCloseTo(3, 10)
    }
  })

  it('lies between the extremes and takes out most of a jump to and fro', () => {
    const zigzag = range(200).map((at) => at % 2)
    const late = smoothValues(range(200), zigzag, 0.95).slice(100)
    expect(Math.max(...(late as number[])) - Math.min(...(late as number[]))).toBeLessThan(0.06)
  })

  it('passes over nulls', () => {
    const smooth = smoothValues([0, 1, 2, 3], [1, null, 1, 1], 0.5)
    expect(smooth[1]).toBeNull()
    expect(smooth[3]).toBeCloseTo(1)
  })

  it('hardly depends on how a long curve is thinned', () => {
    const f = (x: number) => Math.exp(-x / 2000) + 0.2 * Math.sin(x / 300)
    const all = range(10_000)
    const some = all.filter((x) => x % 7 === 0)
    const whole = smoothValues(all, all.map(f), 0.98)
    const thin = smoothValues(some, some.map(f), 0.98)
    for (const [at, x] of some.entries()) {
      if (x > 1000) expect(Math.abs(thin[at]! - whole[x]!)).toBeLessThan(0.01)
    }
  })
})
