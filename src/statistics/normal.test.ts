import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalCdf, normalDensity, normalQuantile } from './normal.ts'

describe('normalCdf', () => {
  // mpmath, rounded to the nearest number
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.96, 0.02499789514822043],
    [2.9, 0.998134186699616],
    [-5, 2.866515718791939e-7],
    [-10, 7.619853024160525e-24],
    [-37, 5.725571222524577e-300],
  ])('at %d is %d', (x, expected) => {
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-12)
  })

  it('is whole where the series gives way to the fraction', () => {
    const at = 2 * Math.SQRT2
    const slope = (normalCdf(-at + 1e-7) - normalCdf(-at - 1e-7)) / 2e-7
    expect(Math.abs(slope / normalDensity(at) - 1)).toBeLessThan(1e-6)
  })
})

describe('normalQuantile', () => {
  it('undoes the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1, noNaN: true, maxExcluded: true }), (p) => {
        const back = normalCdf(normalQuantile(p))
        expect(Math.abs(back - p)).toBeLessThan(1e-12 * Math.max(p, 1e-290))
      }),
    )
  })

  it('is infinite at the ends', () => {
    expect(normalQuantile(0)).toBe(-Infinity)
    expect(normalQuantile(1)).toBe(Infinity)
    expect(normalQuantile(-0.1)).toBeNaN()
  })
})
