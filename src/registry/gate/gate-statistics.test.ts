import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.ts'
import { coinTest, mcnemar } from './mcnemar.ts'
import { pairedBootstrap } from './paired-bootstrap.ts'

interface Golden {
  readonly mcnemar: readonly ReturnType<typeof mcnemar>[]
  readonly bootstrap: readonly {
    readonly seed: number
    readonly images: number
    readonly candidate_only: number
    readonly current_only: number
    readonly samples: number
    readonly level: number
    readonly value: number
    readonly low: number
    readonly high: number
    readonly ideal: readonly [number, number]
  }[]
}

const path = join(import.meta.dirname, '../../../test/golden/gate.json')
const golden: Golden = JSON.parse(readFileSync(path, 'utf8'))

/** [N] of each model: on so many images only the candidate is right, on so many only the other, then both, neither. */
function answers(candidateOnly: number, currentOnly: number, both: number, neither: number) {
  const size = candidateOnly + currentOnly + both + neither
  const candidate = new Uint8Array(size).fill(1, 0, candidateOnly)
  const current = new Uint8Array(size).fill(1, candidateOnly, candidateOnly + currentOnly)
  const from = candidateOnly + currentOnly
  for (const right of [candidate, current]) right.fill(1, from, from + both)
  return { candidate, current }
}

/** Park and Miller, as in gate.py. */
function parkMiller(seed: number) {
  let state = seed
  return {
    integer(bound: number) {
      state = Number((BigInt(state) * 48271n) % 2147483647n)
      return state % bound
    },
  }
}

function differencesOf({
  images,
  candidate_only,
  current_only,
}: Pick<Golden['bootstrap'][number], 'images' | 'candidate_only' | 'current_only'>) {
  return new Int8Array(images)
    .fill(1, 0, candidate_only)
    .fill(-1, candidate_only, candidate_only + current_only)
}

describe('mcnemar', () => {
  it.each(golden.mcnemar)(
    'gives the p of SciPy for $candidate_only against $current_only',
    (wanted) => {
      const { candidate, current } = answers(wanted.candidate_only, wanted.current_only, 5, 3)
      const found = mcnemar(candidate, current)
      expect(found).toMatchObject({
        candidate_only: wanted.candidate_only,
        current_only: wanted.current_only,
      })
      expect([found.exact_p, found.mid_p]).toBeAllClose([wanted.exact_p, wanted.mid_p], {
        relative: 1e-9,
      })
    },
  )

  it('does not care which of the two is which, and survives thousands of images', () => {
    expect(coinTest(3, 9)).toEqual(coinTest(9, 3))
    expect(coinTest(50_000, 50_000).exact).toBe(1)
    expect(coinTest(49_000, 51_000).exact).toBeCloseTo(2.5e-10, 10)
  })
})

describe('pairedBootstrap', () => {
  it.each(golden.bootstrap)(
    'gives the interval of NumPy from the same draws: $images images',
    (wanted) => {
      const { samples, level, seed } = wanted
      const options = { samples, level, random: parkMiller(seed) }
      const found = pairedBootstrap(differencesOf(wanted), options)
      expect(found.level).toBe(level)
      expect([found.value, found.low, found.high]).toBeAllClose(
        [wanted.value, wanted.low, wanted.high],
        { absolute: 1e-12 },
      )
    },
  )

  it.each(golden.bootstrap)(
    'comes near the interval of endless draws: $images images',
    (wanted) => {
      const random = createRandom(wanted.seed, 'bootstrap')
      const options = { samples: 4000, level: wanted.level, random }
      const { low, high } = pairedBootstrap(differencesOf(wanted), options)
      // means are whole images; 4000 draws are about one off in the tails
      expect([low, high]).toBeAllClose(wanted.ideal, { absolute: 2.01 / wanted.images })
    },
  )

  it('is the same for the same seed', () => {
    const differences = differencesOf({ images: 300, candidate_only: 20, current_only: 9 })
    const draw = (seed: number) =>
      pairedBootstrap(differences, {
        ...{ samples: 500, level: 0.95, random: createRandom(seed, 'bootstrap') },
      })
    expect(draw(5)).toEqual(draw(5))
    expect(draw(5)).not.toEqual(draw(6))
  })
})
