import { describe, expect, it } from 'vitest'
import { exampleReport } from '../../test/support/evaluation-example.ts'
import { wilsonInterval } from '../statistics/index.ts'
import { accuracyDifference } from './accuracy-difference.ts'
import { type ComparedSide, compareSides, type SideEvaluation } from './compare-sides.ts'
import { pullRequestText } from './pull-request-text.ts'

function side(label: string, change: Partial<ComparedSide> = {}): ComparedSide {
  return {
    ...{ label, description: `run ${label}`, metrics: { accuracy: 0.91, loss: 0.31 } },
    ...{ evaluation: undefined, config: undefined },
    ...change,
  }
}

const directionOf = (metric: string) =>
  ({ accuracy: 'max', 'val.accuracy': 'max', loss: 'min' })[metric] as 'max' | 'min' | undefined

function textOf(head: ComparedSide, base: ComparedSide | undefined) {
  const comparison = compareSides(head, base, directionOf)
  const text = pullRequestText({
    ...{ head, base, comparison, figures: [] },
    formatMetric: (value) => value.toFixed(4),
    formatSetting: (value) => String(value),
  })
  return { comparison, text }
}

/** Right answers of as many images. */
function judged(right: number, size = 10_000, digest = 'd'): SideEvaluation {
  const report = exampleReport(200)
  const dataset = { name: 'fashion-mnist', digest, split: 'test' as const, size }
  return { ...report, dataset, accuracy: wilsonInterval(right, size) }
}

describe('accuracyDifference', () => {
  // Newcombe 1998, table II, method 10
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [0, 10, 0, 20, -0.1611, 0.2775],
  ])('of %i/%i and %i/%i has the interval of the paper', (a, m, b, n, low, high) => {
    const found = accuracyDifference(wilsonInterval(a, m), wilsonInterval(b, n))
    expect(found.low).toBeCloseTo(low, 4)
    expect(found.high).toBeCloseTo(high, 4)
  })
})

describe('compareSides', () => {
  const verdict = (head: ComparedSide, base: ComparedSide) =>
    compareSides(head, base, directionOf).verdict

  it('judges by chance where the images are the same, else by the number alone', () => {
    const with_ = (right: number, digest?: string) =>
      side('x', {
        metrics: { accuracy: right / 10_000 },
        evaluation: judged(right, 10_000, digest),
      })
    expect(verdict(with_(9200), with_(9100))).toBe('better')
    expect(verdict(with_(9100), with_(9200))).toBe('worse')
    expect(verdict(with_(9120), with_(9100))).toBe('unclear')
    expect(verdict(with_(9100), with_(9100))).toBe('same')
    expect(verdict(with_(9120), with_(9100, 'other'))).toBe('better')
  })

  it('goes by accuracy before loss, and knows that less loss is better', () => {
    const base = side('main')
    expect(
      compareSides(side('x', { metrics: { loss: 0.2, accuracy: 0.9 } }), base, directionOf),
    ).toMatchObject({ verdict: 'worse', metric: { metric: 'accuracy' } })
    expect(verdict(side('x', { metrics: { loss: 0.2 } }), base)).toBe('better')
    expect(verdict(side('x', { metrics: { other: 2 } }), base)).toBe('unclear')
    expect(compareSides(side('x'), undefined, directionOf).verdict).toBe('alone')
  })

  it('finds the settings that differ', () => {
    const config = (rate: number) =>
      new Map<string, unknown>([
        ['seed', 42],
        ['lr', rate],
        ['list', [1]],
      ])
    const { config: changes } = compareSides(
      side('x', { config: config(0.1) }),
      side('main', { config: config(0.2).set('old', null) }),
      directionOf,
    )
    expect(changes).toEqual([
      { key: 'lr', base: 0.2, head: 0.1 },
      { key: 'old', base: null, head: undefined },
    ])
  })
})

describe('pullRequestText', () => {
  it('begins with the verdict, its arrow and its confidence', () => {
    const { text } = textOf(
      side('this', { metrics: { accuracy: 0.92, loss: 0.3 }, evaluation: judged(9200) }),
      side('main', { evaluation: judged(9100) }),
    )
    expect(text).toMatch(
      /^## Model report\n\n\*\*↑ Better:\*\* accuracy 0\.9200, ↑ 0\.0100 \(better\) against main\./,
    )
    expect(text).toContain(
      'On the same 10,000 test images the accuracy changed by +1.00 points, with 95 % confidence by +0.23 to +1.77 points.',
    )
    expect(text).toContain(
      '| metric | main | this | change |\n|---|---:|---:|---:|\n| accuracy | 0.9100 | 0.9200 | ↑ 0.0100 (better) |\n| loss | 0.3100 | 0.3000 | ↓ 0.0100 (better) |',
    )
    expect(text).toContain('<details><summary>Classes: fashion-mnist, 10,000 test images</summary>')
    expect(text).toMatch(/\n- \S.* taken for .*: \d+ \(\d+\.\d %\)/)
    expect(text).not.toContain('data:')
  })

  it('says so where there is nothing to compare with, or not enough is known', () => {
    expect(textOf(side('this'), undefined).text).toContain('**Nothing to compare with.**')
    const { text } = textOf(side('this', { metrics: { accuracy: 0.9 } }), side('main'))
    expect(text).toContain('**↓ Worse:**')
    expect(text).toContain('not known whether both were judged on the same images')
    expect(text).toContain('those of this and main are not known')
    expect(text).toContain('| loss | 0.3100 |  |  |')
  })

  it('lets no name of others become markup, or call somebody', () => {
    const evil = '<img src=x> @octocat | **b** `c`\n# d'
    const classes = [evil, 'b', ...Array(8).fill('c')]
    const evaluation = {
      ...judged(9000),
      classes,
      top_confusions: [{ actual: evil, predicted: 'b', count: 1, share: 0.5 }],
    }
    const { text } = textOf(
      side(evil, {
        description: evil,
        metrics: { [evil]: 1 },
        evaluation,
        config: new Map([[evil, evil]]),
      }),
      side('main', { metrics: { [evil]: 2 }, config: new Map() }),
    )
    expect(text).not.toMatch(/(?<!\\)<img|@octocat|(?<!\\)\*\*b|(?<!\\)`c|^# d/m)
    const tableLines = text.split('\n').filter((line) => line.startsWith('| '))
    expect(tableLines.length).toBeGreaterThan(5)
    for (const line of tableLines) expect(line.match(/(?<!\\)\|/g)!.length).toBeLessThanOrEqual(7)
  })
})
