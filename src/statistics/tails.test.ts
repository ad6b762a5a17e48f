import { describe, expect, it } from 'vitest'
import { chiSquareTail } from './incomplete-gamma.ts'
import { logBeta, logGamma } from './log-gamma.ts'
import { studentTails } from './student-t.ts'

describe('chiSquareTail', () => {
  it('has the closed forms of even degrees', () => {
    for (const x of [0.01, 1, 5, 40, 700]) {
      expect(chiSquareTail(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 12)
      expect(chiSquareTail(x, 4) / (Math.exp(-x / 2) * (1 + x / 2))).toBeCloseTo(1, 12)
    }
  })

  // scipy.stats.chi2.sf
  it.each([
    [3.84, 1, 0.05004352124870519],
    [120, 100, 0.08440668109369177],
    [950, 1000, 0.8691240657456883],
    [1e-9, 1, 0.999974768674784],
  ])('of %d with %d degrees is %d', (x, degrees, expected) => {
    expect(Math.abs(chiSquareTail(x, degrees) / expected - 1)).toBeLessThan(1e-11)
  })

  it('knows the ends, and that there must be a degree', () => {
    expect(chiSquareTail(0, 3)).toBe(1)
    expect(chiSquareTail(Infinity, 3)).toBe(0)
    expect(chiSquareTail(0, 0)).toBeNaN()
    expect(chiSquareTail(NaN, 2)).toBeNaN()
  })
})

describe('studentTails', () => {
  // 2 · scipy.stats.t.sf
  it.each([
    [1, 1, 0.5],
    [-2.5, 7, 0.04099221858575289],
    [2, 1e6, 0.04550053385131924],
    [7e-5, 4564, 0.999944151140079],
  ])('of %d with %d degrees', (t, degrees, expected) => {
    expect(Math.abs(studentTails(t, degrees) / expected - 1)).toBeLessThan(1e-11)
  })

  it('is 1 in the middle and undefined without degrees', () => {
    expect(studentTails(0, 5)).toBe(1)
    expect(studentTails(Infinity, 5)).toBe(0)
    expect(studentTails(1, 0)).toBeNaN()
    expect(studentTails(NaN, 4)).toBeNaN()
  })
})

describe('logBeta', () => {
  it('keeps its digits when one argument is large', () => {
    // B(a, 1) = 1/a and B(a, 2) = 1/(a(a+1))
    for (const a of [20, 1e4, 5e5, 1e9]) {
      expect(Math.exp(logBeta(a, 1)) * a).toBeCloseTo(1, 12)
      expect(Math.exp(logBeta(2, a)) * a * (a + 1)).toBeCloseTo(1, 12)
    }
    const large = logGamma(30) + logGamma(40) - logGamma(70)
    expect(logBeta(30, 40)).toBeCloseTo(large, 10)
  })
})
