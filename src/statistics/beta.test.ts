import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaCdf, betaQuantile } from './beta.ts'
import { logBeta, logGamma } from './log-gamma.ts'

const unit = fc.double({ min: 0.001, max: 0.999, noNaN: true })
const shape = fc.double({ min: 0.05, max: 200, noNaN: true })

describe('logGamma', () => {
  it('is the logarithm of factorials', () => {
    let factorial = 1
    for (let n = 1; n < 60; n++) {
      expect(Math.abs(logGamma(n) - Math.log(factorial))).toBeLessThan(1e-12 * n)
      factorial *= n
    }
  })

  it('knows Γ(1/2) and small values', () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14)
    expect(Math.exp(logGamma(1e-8))).toBeCloseTo(1e8 - 0.5772156649, 5)
    expect(Math.exp(logBeta(2, 3))).toBeCloseTo(1 / 12, 14)
  })
})

describe('betaCdf', () => {
  it('has the closed forms of small shapes', () => {
    fc.assert(
      fc.property(unit, shape, (x, b) => {
        expect(Math.abs(betaCdf(x, 1, b) - (1 - (1 - x) ** b))).toBeLessThan(1e-11)
        expect(Math.abs(betaCdf(x, b, 1) - x ** b)).toBeLessThan(1e-11)
        const arcsine = (2 / Math.PI) * Math.asin(Math.sqrt(x))
        expect(Math.abs(betaCdf(x, 0.5, 0.5) - arcsine)).toBeLessThan(1e-12)
        expect(Math.abs(betaCdf(x, 2, 2) - x * x * (3 - 2 * x))).toBeLessThan(1e-13)
      }),
    )
  })

  it('is nothing below 0 and all above 1', () => {
    expect([betaCdf(-1, 2, 3), betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaCdf(2, 2, 3)]).toEqual([
      0, 0, 1, 1,
    ])
  })
})

describe('betaQuantile', () => {
  it('undoes the distribution function', () => {
    fc.assert(
      fc.property(unit, shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b)
        // beyond this the nearest number to 1 is 1
        if (x > 1 - 1e-6) return
        expect(Math.abs(betaCdf(x, a, b) - p)).toBeLessThan(1e-9)
      }),
    )
  })

  it('finds values that are all but nothing', () => {
    // P(x) is about x^a: the quantile of p is near p^(1/a)
    const x = betaQuantile(0.01, 0.05, 1)
    expect(Math.abs(x / 0.01 ** 20 - 1)).toBeLessThan(1e-9)
    expect(betaQuantile(0, 2, 3)).toBe(0)
    expect(betaQuantile(1, 2, 3)).toBe(1)
  })
})
