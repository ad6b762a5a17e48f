/** Evidently's own scores, made by test/golden/drift-tests.py. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lehmerUniforms } from '../../../test/support/lehmer.ts'
import { evidentlyReport } from '../evidently/evidently-report.ts'
import type { TableColumn } from '../evidently/table.ts'
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
  /** What is in every so many rows instead; such a column goes through the whole report. */
  readonly holes?: readonly (readonly ['nan' | 'inf' | '-inf', number])[]
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

/** A side as a column of a table, with its holes. */
function columnOf(type: Case['type'], side: Side): TableColumn {
  if (isLiteral(side)) throw new Error('only drawn columns have holes')
  const holes = (side.holes ?? []).map(([hole, every]) => ({ hole, every }))
  const holeAt = (row: number) => holes.findLast(({ every }) => row % every === every - 1)?.hole
  if (type === 'cat') {
    return drawCategories(side).map((value, row) => (holeAt(row) ? null : String(value)))
  }
  const numbers = { nan: NaN, inf: Infinity, '-inf': -Infinity }
  return drawNumbers(side).map((value, row) => {
    const hole = holeAt(row)
    return hole === undefined ? value : numbers[hole]
  })
}

/** The score of each test on a case. */
function scorer(each: Case): (name: DriftTestName) => number {
  const { type, reference, current } = each
  const hasHoles = [reference, current].some((side) => !isLiteral(side) && side.holes)
  if (!hasHoles) {
    const samples = samplesOf(each)
    return (name) => driftTests[name].compute(...samples)
  }
  const tables = [reference, current].map((side) => ({ x: columnOf(type, side) }))
  return (test) => {
    const { report } = evidentlyReport(tables[0]!, tables[1]!, { test })
    return report.metrics[1].result.drift_by_columns['x']!.drift_score
  }
}

const title = ({ type, reference, current }: Case) =>
  `${type} ${[reference, current].map((side) => JSON.stringify(side).slice(0, 60)).join(' ')}`

describe('driftTests, beside Evidently', () => {
  it('have many cases, and every test is in some of them', () => {
    expect(golden.cases.length).toBeGreaterThanOrEqual(300)
    const tested = new Set(golden.cases.flatMap(({ scores }) => Object.keys(scores)))
    const { emperical_mmd: _, ...rest } = driftTests
    expect([...tested].sort()).toEqual(Object.keys(rest).sort())
    expect(golden.cases.filter(({ mmd }) => mmd).length).toBeGreaterThanOrEqual(70)
  })

  it.each(golden.cases.map((each) => [title(each), each] as const))('score %s', (_, each) => {
    const wrong: string[] = []
    const score = scorer(each)
    for (const [name, expected] of Object.entries(each.scores)) {
      const compute = () => score(name as DriftTestName)
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

  it('count permutations that are as far apart, whatever the rounding', () => {
    // by hand: every split of these five values has the statistic 0
    const [one, other] = [numericSample(Float64Array.of(0, 1)), numericSample(new Float64Array(3))]
    expect(kernelDiscrepancy(one, other).p).toBe(1)
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
