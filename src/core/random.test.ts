import { describe, expect, it } from 'vitest'
import { createRandom, permutation, philox4x32 } from './random.ts'

/** Correlation of two equally long sequences. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]) => x.reduce((sum, value) => sum + value, 0) / x.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const centredA = a.map((value) => value - meanA)
  const centredB = b.map((value) => value - meanB)
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0)
  return dot(centredA, centredB) / Math.sqrt(dot(centredA, centredA) * dot(centredB, centredB))
}

function take(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw)
}

describe('philox4x32', () => {
  // kat_vectors of the Random123 distribution, lines "philox4x32 10"
  const vectors = [
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      out: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      out: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      out: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const
  it.each(vectors)('gives the known answer for counter $counter', ({ counter, key, out }) => {
    expect([...philox4x32(new Uint32Array(4), counter, key)]).toEqual(out)
  })
})

describe('createRandom', () => {
  it('draws the lanes of counters (index, 0, step) under the key (seed, stream)', () => {
    const random = createRandom(5, 'dropout', 9)
    const key = [5, 4 << 16] as const
    const blocks = [0, 1, 2].flatMap((block) => [
      ...philox4x32(new Uint32Array(4), [block, 0, 9, 0], key),
    ])
    expect(take(12, () => random.uint32())).toEqual(blocks)
  })

  it('uses all 53 bits of a seed and of a step', () => {
    const first = (seed: number, step = 0) => createRandom(seed, 'split', step).uint32()
    const draws = [first(1), first(1 + 2 ** 32), first(1, 2 ** 32), first(1, 1), first(-1)]
    expect(new Set(draws).size).toBe(draws.length)
  })

  it('is uniform by chi-square over 256 bins', () => {
    for (const seed of [1, 2, 3]) {
      const random = createRandom(seed, 'shuffle')
      const counts = new Float64Array(256)
      const draws = 100_000
      for (let i = 0; i < draws; i++) counts[Math.floor(random.uniform() * 256)]!++
      const expected = draws / 256
      const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
      // 255 degrees of freedom: mean 255, variance 510; four standard deviations
      expect(Math.abs(chiSquare - 255)).toBeLessThan(4 * Math.sqrt(510))
    }
  })

  it('has independent streams, seeds and steps', () => {
    const count = 20_000
    const uniforms = (...args: Parameters<typeof createRandom>) => {
      const random = createRandom(...args)
      return take(count, random.uniform)
    }
    const base = uniforms(1, 'dropout', 5)
    const others = [
      uniforms(1, 'augmentation', 5),
      uniforms(2, 'dropout', 5),
      uniforms(1, 'dropout', 6),
      [...base.slice(1), base[0]!],
    ]
    for (const other of others) {
      expect(Math.abs(correlation(base, other))).toBeLessThan(4 / Math.sqrt(count))
    }
  })

  it('draws integers without bias up to any bound', () => {
    const random = createRandom(1, 'bootstrap')
    const counts = new Float64Array(6)
    for (let i = 0; i < 60_000; i++) counts[random.integer(6)]!++
    for (const n of counts)
      expect(Math.abs(n - 10_000)).toBeLessThan(4 * Math.sqrt(60_000 * (5 / 36)))
    // a third of all draws is rejected for this bound, without which small values come twice as often
    const bound = 3 * 2 ** 30
    const low = take(20_000, () => random.integer(bound)).filter((n) => n < bound / 3).length
    expect(Math.abs(low - 20_000 / 3)).toBeLessThan(4 * Math.sqrt((20_000 * 2) / 9))
    expect(random.integer(1)).toBe(0)
  })

  it('draws normals with mean 0, variance 1 and light tails', () => {
    const random = createRandom(3, 'initialization')
    const values = take(50_000, random.normal)
    const moment = (power: number) =>
      values.reduce((sum, value) => sum + value ** power, 0) / values.length
    expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(50_000))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / 50_000))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / 50_000))
    expect(values.every(Number.isFinite)).toBe(true)
  })
})

describe('permutation', () => {
  const order = (length: number, seed: number, epoch: number) =>
    permutation(length, createRandom(seed, 'shuffle', epoch))

  it('holds every index once', () => {
    for (const length of [0, 1, 2, 7, 1000]) {
      expect([...order(length, 1, 0)].sort((a, b) => a - b)).toEqual(
        Array.from({ length }, (_, i) => i),
      )
    }
  })

  it('is a function of seed and epoch', () => {
    expect(order(100, 1, 2)).toEqual(order(100, 1, 2))
    expect(order(100, 1, 2)).not.toEqual(order(100, 1, 3))
    expect(order(100, 1, 2)).not.toEqual(order(100, 2, 2))
  })

  it('has all orders equally often', () => {
    const counts = new Map<string, number>()
    const draws = 24_000
    for (let epoch = 0; epoch < draws; epoch++) {
      const key = order(4, 1, epoch).join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(24)
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)
    // 23 degrees of freedom; four standard deviations
    expect(chiSquare).toBeLessThan(23 + 4 * Math.sqrt(46))
  })
})
