import { describe, expect, it } from 'vitest'
import { createRandom } from '../../core/index.ts'
import { createDriftJudge, type DriftJudgeOptions } from './drift-judge.ts'
import type { DriftRows } from './drift-rows.ts'
import type { DriftVerdict } from './drift-verdict.ts'

const CLASSES = ['shirt', 'boot', 'bag']

interface Change {
  /** Added to each feature, in their own deviations. */
  readonly shift?: number
  /** Noise on sharpness alone. */
  readonly noise?: number
  /** Shares of the classes. */
  readonly shares?: readonly number[]
}

/** Predictions with two features that hang together and on the class, and a confidence. */
function draw(
  count: number,
  step: number,
  { shift = 0, noise = 0, shares }: Change = {},
): DriftRows {
  const random = createRandom(3, 'drift', step)
  const [a, b] = shares ?? [1 / 3, 1 / 3]
  const predicted = Int32Array.from({ length: count }, () => {
    const u = random.uniform()
    return u < a! ? 0 : u < a! + b! ? 1 : 2
  })
  const contrast = Float64Array.from(predicted, (k) => 2 * k + random.normal() + shift)
  const sharpness = contrast.map((c) => 3 * c + 0.3 * random.normal() + noise)
  const confidences = Float64Array.from(predicted, () => 1 - 0.2 * random.uniform() ** 2)
  const probabilities = new Float64Array(3 * count)
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < 3; k++) {
      const isIt = predicted[row] === k
      probabilities[3 * row + k] = isIt ? confidences[row]! : (1 - confidences[row]!) / 2
    }
  }
  return {
    count,
    features: { contrast, sharpness },
    confidences,
    predicted,
    probabilities,
    classes: CLASSES,
  }
}

const reference = draw(2000, 1)
const judge = createDriftJudge(reference, { resamples: 500 })
const itemOf = (verdict: DriftVerdict, kind: string, name: string) =>
  verdict.items.find((item) => item.kind === kind && item.name === name)!

const judgeDrift = (before: DriftRows, rows: DriftRows, options: DriftJudgeOptions) =>
  createDriftJudge(before, options).judge(rows)

describe('createDriftJudge', () => {
  it.each([8, 25, 120, 900])('raises few false alarms on %i rows', (count) => {
    const windows = count > 500 ? 60 : 250
    let alarms = 0
    for (let i = 0; i < windows; i++) {
      if (judge.judge(draw(count, 1000 + i)).p <= 0.05) alarms++
    }
    // three standard deviations of a share of 5 %
    expect(alarms / windows).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / windows))
  })

  it('holds its level beside a small reference, whose own rows fit it too well', () => {
    let alarms = 0
    for (let i = 0; i < 40; i++) {
      const small = createDriftJudge(draw(60, 5000 + i), { resamples: 200 })
      if (small.judge(draw(200, 6000 + i)).p <= 0.05) alarms++
    }
    expect(alarms).toBeLessThanOrEqual(6)
  })

  it('finds what moved and names it by how much', () => {
    const verdict = judge.judge(draw(100, 2, { shift: 1.5 }))
    expect(verdict.verdict).toBe('drift')
    expect(verdict.reason).toMatch(
      /^(contrast|sharpness) went from a median of [\d.]+ to [\d.]+ \(Cliff's delta 0\.\d\d\); \d more of 10 measures drifted \(100 rows against 2,000 of the reference\)\.$/,
    )
    const item = itemOf(verdict, 'feature', 'contrast')
    expect(item).toMatchObject({ drifted: true, moreRows: null, changed: null })
    expect(item.current - item.reference).toBeGreaterThan(0.8)
    expect(item.adjusted).toBeLessThan(0.01)
    expect(verdict.p).toBe(verdict.items[0]!.adjusted)
  })

  it('finds values that are possible, but not together', () => {
    const verdict = judge.judge(draw(60, 2, { noise: 0.5 }))
    expect(verdict.verdict).toBe('drift')
    expect(itemOf(verdict, 'feature', 'sharpness').drifted).toBe(false)
    expect(itemOf(verdict, 'expected', 'sharpness').drifted).toBe(true)
    expect(verdict.reason).toMatch(
      /^\w+ is (higher|lower) than class and other features let expect \(Cliff's delta /,
    )
  })

  it('finds another mix of classes', () => {
    const verdict = judge.judge(draw(150, 2, { shares: [0.7, 0.15] }))
    const item = itemOf(verdict, 'class_mix', 'class mix')
    expect(item).toMatchObject({ drifted: true, changed: 'shirt' })
    expect(item.effect.value).toBeGreaterThan(0.25)
    expect(item.current).toBeGreaterThan(0.6)
    const {
      features,
      confidences: _,
      probabilities: __,
      ...rest
    } = draw(150, 2, { shares: [0.7, 0.15] })
    const alone = judgeDrift(
      { ...reference, features: {} },
      { ...rest, features: {} },
      { resamples: 300 },
    )
    expect(Object.keys(features).length).toBe(2)
    expect(alone.reason).toMatch(/^shirt is predicted for [67]\d % of rows, was 3\d % \(150 rows/)
  })

  it('tells a certain change that is too small to matter from drift', () => {
    const rows = draw(8000, 2, { shift: 0.2 })
    const large = draw(8000, 3)
    expect(judgeDrift(large, rows, { resamples: 100 })).toMatchObject({
      verdict: 'watch',
      reason: expect.stringMatching(/too little to matter/),
    })
    expect(judgeDrift(large, rows, { resamples: 100, minGap: 0.01 }).verdict).toBe('drift')
  })

  it('gives the same verdict for the same rows, whatever was judged before', () => {
    const rows = draw(77, 9, { shift: 0.4 })
    const first = createDriftJudge(reference, { resamples: 200 })
    first.judge(draw(500, 4))
    expect(first.judge(rows)).toEqual(judgeDrift(reference, rows, { resamples: 200 }))
    expect(judgeDrift(reference, rows, { resamples: 200, seed: 1 }).p).not.toBe(first.judge(rows).p)
  })

  it('judges with the columns that both sides have', () => {
    const { features, count } = draw(100, 2, { shift: 2 })
    const verdict = judge.judge({
      count,
      features: { contrast: features['contrast']!, glare: features['contrast']! },
    })
    expect(verdict.verdict).toBe('drift')
    expect(verdict.items.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['feature contrast'])
    expect(verdict.warnings).toEqual([
      'Not compared, as one side lacks it or has other classes: glare, sharpness, confidence, predicted class, probabilities.',
    ])
  })
})

describe('rows still needed', () => {
  it('are about those that show the change in four of five windows', () => {
    const plain = ({ count, features }: DriftRows): DriftRows => ({
      count,
      features: { contrast: features['contrast']! },
    })
    const change = { shift: 0.35 }
    const single = createDriftJudge(plain(reference), { resamples: 1000 })
    const needed: number[] = []
    for (let i = 0; i < 100; i++) {
      const { items } = single.judge(plain(draw(60, 100 + i, change)))
      if (items[0]!.moreRows !== null) needed.push(60 + items[0]!.moreRows)
    }
    const typical = needed.sort((a, b) => a - b)[Math.floor(needed.length / 2)]!
    let found = 0
    for (let i = 0; i < 100; i++) {
      if (single.judge(plain(draw(typical, 400 + i, change))).p <= 0.05) found++
    }
    expect(found / 100).toBeGreaterThan(0.65)
    expect(found / 100).toBeLessThan(0.95)
  })

  it('of another mix of classes are about as many', () => {
    const mix = ({ count, predicted, classes }: DriftRows): DriftRows => ({
      count,
      features: {},
      predicted: predicted!,
      classes: classes!,
    })
    const change = { shares: [0.42, 0.3] }
    const single = createDriftJudge(mix(reference), { resamples: 1000 })
    // rows of classes alone repeat by nature
    const { items } = single.judge(mix(draw(40, 13, { shares: [0.45, 0.3] })))
    expect(items[0]!.moreRows).toBeGreaterThan(20)
    const verdicts = Array.from({ length: 100 }, (_, i) =>
      single.judge(mix(draw(350, 700 + i, change))),
    )
    expect(verdicts[0]!.judged).toBe(350)
    const found = verdicts.filter(({ p }) => p <= 0.05).length
    expect(found).toBeGreaterThan(60)
  })

  it('are none where there is nothing to find', () => {
    const { items } = judge.judge(draw(500, 21))
    expect(items.filter(({ moreRows }) => moreRows === null).length).toBeGreaterThan(3)
  })
})

describe('warnings', () => {
  const take = (rows: DriftRows, places: number[]): DriftRows => ({
    count: places.length,
    features: Object.fromEntries(
      Object.entries(rows.features).map(([name, column]) => [
        name,
        Float64Array.from(places, (place) => column[place]!),
      ]),
    ),
  })

  it('of the same row again and again', () => {
    const same = judge.judge(take(draw(20, 2), new Array(15).fill(4)))
    expect(same).toMatchObject({
      verdict: 'unjudged',
      needed: 19,
      rows: 15,
      judged: 1,
      items: [],
      p: 1,
      reason: 'All 15 rows are the same: one row tells nothing. Needs 19 more.',
    })
    expect(same.warnings[0]).toBe(
      '14 of 15 rows repeat another row and were left out: is the same image sent again?',
    )
    const half = judge.judge(take(draw(200, 32), [...Array(200).keys(), ...Array(100).keys()]))
    expect(half).toMatchObject({ verdict: 'watch', judged: 200 })
    expect(half.reason).toBe(
      '100 of 300 rows repeat another row; the others are like the reference (200 rows against 2,000 of the reference).',
    )
  })

  it('of values that are no numbers', () => {
    const rows = draw(100, 2)
    rows.features['sharpness']!.fill(NaN, 0, 3)
    rows.features['sharpness']![3] = Infinity
    const verdict = judge.judge(rows)
    expect(verdict.warnings).toEqual([
      'sharpness: 4 of 100 rows of the window hold no finite number and were left out.',
    ])
    expect(verdict.items.length).toBe(10)
  })

  it('of a few rows, and of none', () => {
    expect(judge.judge(draw(30, 2))).toMatchObject({
      verdict: 'ok',
      warnings: ['Judged by only 30 rows: small changes do not show yet.'],
    })
    expect(judge.judge(draw(0, 2))).toMatchObject({
      verdict: 'unjudged',
      needed: 20,
      reason: 'There are no rows to judge. Needs 20 more.',
    })
    const other = { count: 90, features: { glare: new Float64Array(90).map((_, at) => at) } }
    expect(judge.judge(other)).toMatchObject({ verdict: 'unjudged', needed: null, items: [] })
  })

  it('of rows too few to say that nothing changed, not of a change that shows in them', () => {
    expect(judge.judge(draw(12, 2))).toMatchObject({
      verdict: 'unjudged',
      needed: 8,
      reason: 'Nothing shows, but 12 rows would show only the largest changes. Needs 8 more.',
    })
    expect(judge.judge(draw(12, 2, { shift: 6 }))).toMatchObject({ verdict: 'drift', needed: null })
  })
})

describe('createDriftJudge refuses', () => {
  const rows = draw(100, 2)
  it.each<[string, DriftRows, RegExp]>([
    ['a small reference', draw(39, 2), /has 39 rows, wanted 40 or more/],
    ['columns of other lengths', { ...rows, count: 99 }, /has 100 contrast, wanted 99 for 99 rows/],
    ['unknown classes', { ...rows, classes: ['a', 'b'] }, /200 for 100 rows|wanted 0 to 1/],
  ])('%s', (_, bad, message) => {
    expect(() => createDriftJudge(bad)).toThrow(message)
    expect(() => createDriftJudge(bad)).toThrow(expect.objectContaining({ code: 'DRIFT_INPUT' }))
  })
})
