import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.ts'
import { codeReference } from './coded-rows.ts'
import { createNull } from './null-distribution.ts'

/** Numbers of no kind in particular: 2,000 rows of so many measures. */
function referenceOf(measures: number) {
  const random = createRandom(1, 'drift')
  const numeric = Array.from({ length: measures }, (_, j) => ({
    name: `x${j}`,
    kind: 'feature' as const,
    values: Float64Array.from({ length: 2000 }, () => random.normal()),
  }))
  return codeReference({ numeric, predicted: undefined, classNames: [] }, 2000)
}

describe('createNull', () => {
  it.each([20, 150, 400, 1000])('has the level of a single test for windows of %i rows', (rows) => {
    const { critical } = createNull(referenceOf(1), rows, { resamples: 2000, seed: 1 })
    // −ln p of the level wanted, which the upper bound of the simulation makes a little stricter
    expect(critical(0.05)).toBeGreaterThan(2.7)
    expect(critical(0.05)).toBeLessThan(3.6)
  })

  it('asks more of each of several measures, as Bonferroni does of independent ones', () => {
    const { critical } = createNull(referenceOf(10), 150, { resamples: 2000, seed: 1 })
    expect(critical(0.05)).toBeGreaterThan(-Math.log(0.05 / 10) - 0.5)
    expect(critical(0.05)).toBeLessThan(-Math.log(0.05 / 10) + 1)
  })

  it('gives chances that reach α at the critical score, and never 0', () => {
    const { adjusted, critical } = createNull(referenceOf(2), 60, { resamples: 500, seed: 1 })
    expect(adjusted(critical(0.05))).toBeLessThanOrEqual(0.05)
    expect(adjusted(0.9 * critical(0.05))).toBeGreaterThan(0.05)
    expect(adjusted(1e9)).toBeCloseTo(3 / 501, 12)
    expect(adjusted(0)).toBe(1)
  })
})
