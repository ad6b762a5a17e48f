import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedMinimum } from './bounded-minimum.ts'

const bounds = { low: -10, high: 10 }

describe('boundedMinimum', () => {
  it('finds the bottom of a bowl, or the bound before it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (bottom, curvature, start) => {
          const bowl = (x: number) => ({
            f: 0.5 * curvature * (x - bottom) ** 2,
            g: curvature * (x - bottom),
          })
          const { x } = boundedMinimum(bowl, start, bounds)
          const expected = Math.min(10, Math.max(-10, bottom))
          expect(Math.abs(x - expected) * Math.min(1, curvature)).toBeLessThan(1e-3)
        },
      ),
    )
  })

  it('finds a minimum that is no parabola', () => {
    const { x, f } = boundedMinimum((t) => ({ f: t ** 4 - 8 * t, g: 4 * t ** 3 - 8 }), -3, bounds)
    expect(x).toBeCloseTo(2 ** (1 / 3), 4)
    expect(f).toBeCloseTo(2 ** (4 / 3) - 8 * 2 ** (1 / 3), 8)
  })

  it('stays where there is no slope', () => {
    expect(boundedMinimum(() => ({ f: 3, g: 0 }), 2, bounds)).toEqual({ x: 2, f: 3 })
    expect(boundedMinimum(() => ({ f: Infinity, g: 0 }), 2, bounds).x).toBe(2)
  })
})
