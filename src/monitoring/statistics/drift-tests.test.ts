/** Evidently's own scores, made by test/golden/drift-tests.py. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lehmerUniforms } from '../../../test/support/lehmer.ts'
import { type DriftTestName, driftTests } from './drift-tests.ts'
import { kernelDiscrepancy } from './kernel-discrepancy.ts'
import { type Category, categoricalSamples, numericSample, type Sample } from './sample.ts'

interface Recipe {
  readonly seed: number
  readonly n: number
  readonly shape: string
  readonly scale?: number
  readonly at?: number
  readonly step?: number
  readonly of?: number
}
type Side = Recipe | readonly Category[]
interface Case {
  readonly type: 'num' | 'cat'
  readonly reference: Side
  readonly current: Side
  readonly scores: Readonly<Partial<Record<DriftTestName, number | null | 'error'>>>
  readonly mmd?: readonly [statistic: number, p: number]
}

const golden: { cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../../test/golden/drift-tests.json', import.meta.url), 'utf8'),
)

const RELATIVE = 1e-9
const ABSOLUTE = 1e-12
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN'

function drawNumbers({ seed, n, shape, scale = 1, at = 0, step }: Recipe): Float64Array {
  const u = lehmerUniforms(seed, 4 * n)
  const draw = (row: number, i: number) => u[row * n + i]!
  const shapes: Record<string, (i: number) => number> = {
    bell: (i) => draw(0, i) + draw(1, i) + draw(2, i) + draw(3, i) - 2,
    flat: (i) => draw(0, i),
    skew: (i) => draw(0, i) * draw(1, i) * draw(2, i),
    far: (i) => draw(0, i) / (draw(1, i) + 0.001),
  }
  return Float64Array.from({ length: n }, (_, i) => {
    const value = shapes[shape]!(i) * scale + at
    return step === undefined ? value : Math.floor(value / step) * step
  })
}

function drawCategories({ seed, n, shape, of }: Recipe): Category[] {
  const isLetters = shape === 'letters'
  const places = [...lehmerUniforms(seed, n)].map((u) => Math.floor((isLetters ? u * u : u) * of!))
  return isLetters ? places.map((place) => LETTERS[place]!) : places
}

const isLiteral = (side: Side): side is readonly Category[] => Array.isArray(side)

function samplesOf({ type, reference, current }: Case): readonly [Sample, Sample] {
  if (type === 'num') {
    const draw = (side: Side) =>
      isLiteral(side) ? Float64Array.from(side as number[]) : drawNumbers(side)
    return [numericSample(draw(reference)), numericSample(draw(current))]
  }
  const draw = (side: Side) => (isLiteral(side) ? side : drawCategories(side))
  return categoricalSamples(draw(reference), draw(current))
}

const title = ({ type, reference, current }: Case) =>
  `${type} ${[reference, current].map((side) => JSON.stringify(side).slice(0, 60)).join(' ')}`

describe('driftTests, beside Evidently', () => {
  it.each(golden.cases.map((each) => [title(each), each] as const))('score %s', (_, each) => {
    const [reference, current] = samplesOf(each)
    const wrong: string[] = []
    for (const [name, expected] of Object.entries(each.scores)) {
      const compute = () => driftTests[name as DriftTestName].compute(reference, current)
      if (expected === 'error') {
        expect(compute, name).toThrow(expect.objectContaining({ code: 'DRIFT_INPUT' }))
        continue
      }
      const got = compute()
      const isEqual =
        expected === null
          ? Number.isNaN(got)
          : Math.abs(got - expected) <= RELATIVE * Math.abs(expected) + ABSOLUTE
      if (!isEqual) wrong.push(`${name}: got ${got}, wanted ${expected}`)
    }
    expect(wrong).toEqual([])
  })

  it.each(golden.cases.filter(({ mmd }) => mmd).map((each) => [title(each), each] as const))(
    'measure the kernel discrepancy of %s',
    (_, each) => {
      const [reference, current] = samplesOf(each)
      if (reference.type !== 'num' || current.type !== 'num') throw new Error('not numbers')
      const { statistic, p } = kernelDiscrepancy(reference, current)
      const [expected, chance] = each.mmd!
      expect(Math.abs(statistic - expected)).toBeLessThan(RELATIVE * Math.abs(expected) + ABSOLUTE)
      // both are shares of 100 permutations: five standard deviations of their difference
      const middle = (p + chance) / 2
      const deviation = Math.sqrt((2 * middle * (1 - middle)) / 100)
      expect(Math.abs(p - chance)).toBeLessThanOrEqual(0.01 + 5 * deviation)
    },
  )
})
