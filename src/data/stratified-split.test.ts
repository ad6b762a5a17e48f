import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countClasses } from './split.ts'
import { stratifiedSplit } from './stratified-split.ts'

const labelsOf = (labels: Int32Array, part: Int32Array) => part.map((index) => labels[index]!)

describe('stratifiedSplit', () => {
  it('takes the same share of every class', () => {
    const labels = Int32Array.from({ length: 6000 }, (_, i) => i % 10)
    const [val, train] = stratifiedSplit(labels, 10, [500], 42) as [Int32Array, Int32Array]
    expect(countClasses(labelsOf(labels, val), 10)).toEqual(new Array(10).fill(50))
    expect(train.length).toBe(5500)
  })

  it('puts every position in exactly one part, and keeps sizes exact', () => {
    const input = fc.record({
      labels: fc.array(fc.nat(4), { minLength: 10, maxLength: 200 }),
      shares: fc.tuple(
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
      ),
      seed: fc.nat(),
    })
    fc.assert(
      fc.property(input, ({ labels, shares, seed }) => {
        const sizes = shares.map((share) => Math.floor(share * labels.length))
        const parts = stratifiedSplit(Int32Array.from(labels), 5, sizes, seed)
        expect(parts.slice(0, 2).map((part) => part.length)).toEqual(sizes)
        const all = parts.flatMap((part) => [...part]).sort((a, b) => a - b)
        expect(all).toEqual(labels.map((_, i) => i))
      }),
    )
  })

  it('gives a rare class its place in each part', () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i < 3 ? 1 : 0))
    const parts = stratifiedSplit(labels, 2, [10, 10], 7)
    expect(parts.map((part) => countClasses(labelsOf(labels, part), 2)[1])).toEqual([1, 1, 1])
  })

  it('depends on the seed', () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => i % 2)
    const first = (seed: number) => stratifiedSplit(labels, 2, [20], seed)[0]
    expect(first(1)).toEqual(first(1))
    expect(first(1)).not.toEqual(first(2))
  })
})
