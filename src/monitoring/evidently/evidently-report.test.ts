/** Evidently's own reports, made by test/golden/drift-evidently.py. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { lehmerUniforms } from '../../../test/support/lehmer.ts'
import { evidentlyReport } from './evidently-report.ts'
import type { EvidentlyOptions } from './options.ts'
import type { EvidentlyReport } from './report.ts'
import type { Side, Table, TableColumn } from './table.ts'

interface Recipe {
  readonly kind: 'number' | 'whole' | 'flag' | 'text'
  readonly seed: number
  readonly scale?: number
  readonly at?: number
  readonly step?: number
  readonly of?: number
  readonly gaps?: number
  readonly infinite?: number
  readonly current?: Partial<Recipe>
  readonly absent?: readonly Side[]
}
interface Case {
  readonly rows: readonly [reference: number, current: number]
  readonly columns: Readonly<Record<string, Recipe>>
  readonly options: EvidentlyOptions
  readonly report?: EvidentlyReport
  readonly error?: string
}

const golden: { cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL('../../../test/golden/drift-evidently.json', import.meta.url), 'utf8'),
)

function draw(recipe: Recipe, n: number): TableColumn {
  const { kind, seed, scale = 1, at = 0, step, of = 1, gaps = n + 1, infinite = n + 1 } = recipe
  const u = lehmerUniforms(seed, 3 * n)
  const isEvery = (period: number, row: number) => row % period === period - 1
  if (kind === 'number') {
    return Float64Array.from({ length: n }, (_, i) => {
      if (isEvery(gaps, i)) return NaN
      if (isEvery(infinite, i)) return -Infinity
      const value = (u[i]! + u[n + i]! + u[2 * n + i]!) * scale + at
      return step === undefined ? value : Math.floor(value / step) * step
    })
  }
  const places = Int32Array.from({ length: n }, (_, i) => Math.floor(u[i]! * u[n + i]! * of))
  if (kind === 'whole') return places.map((place) => place + at)
  if (kind === 'flag') return Array.from(places, (place) => place > 0)
  return Array.from(places, (k, i) => (isEvery(gaps, i) ? null : `${k}${'abcdefghijklm'[k]}`))
}

function tableOf(columns: Case['columns'], n: number, side: Side): Table {
  const present = Object.entries(columns).filter(([, { absent }]) => !absent?.includes(side))
  return Object.fromEntries(
    present.map(([name, recipe]) => [
      name,
      draw({ ...recipe, ...(side === 'current' && recipe.current) }, n),
    ]),
  )
}

function run({ rows, columns, options }: Case) {
  const sides = [tableOf(columns, rows[0], 'reference'), tableOf(columns, rows[1], 'current')]
  return evidentlyReport(sides[0]!, sides[1]!, options)
}

/** Equal to nine digits, everywhere in a tree. */
function near(expected: unknown): unknown {
  if (typeof expected === 'number') {
    const tolerance = 1e-9 * Math.abs(expected) + 1e-12
    return {
      asymmetricMatch: (got: unknown) => Math.abs((got as number) - expected) <= tolerance,
      toString: () => `near ${expected}`,
    }
  }
  if (Array.isArray(expected)) return expected.map(near)
  if (expected === null || typeof expected !== 'object') return expected
  return Object.fromEntries(Object.entries(expected).map(([key, item]) => [key, near(item)]))
}

const title = ({ rows, columns, options }: Case, at: number) =>
  `${at}: ${rows.join(' / ')} rows of ${Object.keys(columns).join(', ')} ${JSON.stringify(options)}`

describe('evidentlyReport, beside Evidently', () => {
  it.each(
    golden.cases.map((each, at) => [title(each, at), each] as const).filter(([, c]) => c.report),
  )('gives the same, case %s', (_, each) => {
    const { report } = run(each)
    expect(JSON.parse(JSON.stringify(report))).toEqual(near(each.report))
    const columnsOf = ({ metrics }: EvidentlyReport) =>
      Object.keys(metrics[1].result.drift_by_columns)
    expect(columnsOf(report)).toEqual(columnsOf(each.report!))
  })

  it.each(
    golden.cases.map((each, at) => [title(each, at), each] as const).filter(([, c]) => c.error),
  )('refuses what it refuses, case %s', (_, each) => {
    expect(() => run(each)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^DRIFT_(INPUT|OPTION)$/) }),
    )
  })
})

describe('evidentlyReport', () => {
  const numbers = (...values: number[]) => ({ x: Float64Array.from(values) })
  const some = numbers(1, 2, 3, 4, 5, 6, 7)

  it('leaves out infinities even where there is no NaN, and says how many', () => {
    const { report, dropped } = evidentlyReport(some, numbers(1, Infinity, 3, -Infinity))
    expect(dropped).toEqual([{ column: 'x', side: 'current', rows: 2 }])
    expect(report).toEqual(evidentlyReport(some, numbers(1, 3)).report)
  })

  it.each([
    ['an empty column', numbers(), {}, /'x' of the current data is empty: it has no rows/],
    ['only gaps', numbers(NaN), {}, /none of its 1 rows holds a finite value/],
    ['a typing error', some, { test: 'kss' as 'ks' }, /no drift test 'kss' \(column 'x'\)/],
    ['the wrong type', some, { test: 'z' as const }, /'z' does not compare numbers/],
    ['what a test cannot do', numbers(1, 2), { test: 'es' as const }, /'x': es got 7 ref.* 2 cur/],
    ['texts for numbers', { x: ['a'] }, {}, /'x' of the current data holds texts/],
    ['a column that is not there', { y: ['a'] }, {}, /'x' is missing from the current data/],
    ['an unknown column', some, { columns: ['X'] }, /'X' is missing from the reference data/],
  ])('refuses %s and names the column', (_, current, options, message) => {
    expect(() => evidentlyReport(some, current, options)).toThrow(message)
  })

  it('suggests the test that was meant', () => {
    const attempt = () => evidentlyReport(some, some, { test: 'wassersteen' as 'ks' })
    expect(attempt).toThrow(expect.objectContaining({ hint: "Did you mean 'wasserstein'?" }))
  })
})
