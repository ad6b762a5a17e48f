import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.ts'
import { quantileBins } from './quantile-bins.ts'

/** By looking at every edge. */
function slowPlace(edges: Float64Array, value: number): number {
  const below = edges.filter((edge) => edge < value).length
  return 2 * below + (edges.includes(value) ? 1 : 0)
}

describe('quantileBins', () => {
  const random = createRandom(5, 'drift', 0)
  const uniform = Array.from({ length: 3000 }, () => random.uniform())
  it.each([
    ['even values', uniform],
    ['values of very different sizes', uniform.map((u) => Math.sign(u - 0.5) * Math.exp(60 * u))],
    ['few distinct values', uniform.map((u) => Math.floor(u * 7) / 3)],
    ['one value', [2.5, 2.5]],
    ['the largest numbers there are', [-1.7e308, 0, 1.7e308, Number.MAX_VALUE]],
    ['neighbouring numbers', [1, 1 + Number.EPSILON, 1 + 2 * Number.EPSILON]],
    ['no value', [Number.NaN]],
  ])('places %s as a look at every edge does', (_, values) => {
    const bins = quantileBins(Float64Array.from(values))
    const { edges } = bins
    const probes = [...values, ...edges].filter(Number.isFinite)
    for (const value of [...probes, ...probes.map((v) => v * (1 + 1e-15) + 1e-300), -9e9, 0, 9e9]) {
      expect(bins.place(value)).toBe(slowPlace(edges, value))
    }
  })
})
