import { describe, expect, it } from 'vitest'
import type { GateConfig } from '../../contracts/index.ts'
import { type GateInput, type GateSubject, judgeCandidate } from './judge-candidate.ts'

const RULES: GateConfig = {
  ...{ alpha: 0.05, min_accuracy: 0.7, max_accuracy_drop: 0.02, min_class_recall: 0.5 },
  ...{ max_class_recall_drop: 0.05, max_ece: 0.1, max_latency_ratio: 2, max_size_ratio: 4 },
  ...{ bootstrap_samples: 500, seed: 3 },
}
const CLASSES = ['shirt', 'shoe', 'bag']
const LABELS = Int32Array.from({ length: 600 }, (_, i) => i % 3)

/** A model that is wrong on the images whose number is one of these. */
function subject(version: number, wrong: Iterable<number>, change: Partial<GateSubject> = {}) {
  const predicted = LABELS.slice()
  for (const i of wrong) predicted[i] = (predicted[i]! + 1) % 3
  const sha256 = String(version).repeat(64)
  return { version, sha256, bytes: 1000, predicted, ece: 0.05, latencies: [2, 1, 9], ...change }
}

const first = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i)

function judge(
  candidate: GateSubject,
  current: GateInput['current'],
  change: Partial<GateInput> = {},
) {
  return judgeCandidate({
    ...{ model: 'm', alias: 'production', classes: CLASSES, labels: LABELS, rules: RULES },
    ...{ dataset: { name: 'd', digest: 'same' }, trainedOn: 'same', candidate, current },
    time: '2026-11-23T05:00:00.000Z',
    ...change,
  })
}

const failedIn = ({ checks }: ReturnType<typeof judge>) =>
  checks.filter(({ passed }) => !passed).map(({ check }) => check)
const checkOf = (verdict: ReturnType<typeof judge>, name: string) =>
  verdict.checks.find(({ check }) => check === name)

describe('judgeCandidate', () => {
  it('asks a first model for the floors only', () => {
    const verdict = judge(subject(1, first(60)), null)
    expect(verdict).toMatchObject({ passed: true, current: null, mcnemar: null, difference: null })
    expect(verdict.checks.map(({ check }) => check)).toEqual([
      'accuracy',
      'class_recall',
      'calibration',
    ])
    expect(verdict.candidate).toMatchObject({
      accuracy: 0.9,
      recall: [0.9, 0.9, 0.9],
      latency_ms: 2,
    })
  })

  it('lets an equal model and a better one pass', () => {
    const current = subject(1, first(60))
    expect(failedIn(judge(subject(2, first(60)), current))).toEqual([])
    const better = judge(subject(2, first(30)), current)
    expect(failedIn(better)).toEqual([])
    expect(better.mcnemar).toMatchObject({ candidate_only: 30, current_only: 0 })
    expect(better.difference!.low).toBeGreaterThan(0.03)
    expect(better.checks.map(({ check }) => check)).toEqual([
      ...['accuracy', 'class_recall', 'calibration', 'accuracy_difference', 'mcnemar'],
      ...['class_recall_drop', 'latency', 'size'],
    ])
  })

  const current = subject(1, first(60))
  const bad: readonly [string, GateSubject, readonly string[]][] = [
    [
      'worse in earnest',
      subject(2, first(96)),
      ['accuracy_difference', 'mcnemar', 'class_recall_drop'],
    ],
    // as many wrong in all, but other ones: no worse, only not known well enough
    ['different without being worse', subject(2, first(60, 60)), ['accuracy_difference']],
    [
      'blind for one class',
      subject(
        2,
        first(110).map((i) => 3 * i + 1),
      ),
      ['class_recall', 'accuracy_difference', 'mcnemar', 'class_recall_drop'],
    ],
    ['too sure', subject(2, first(60), { ece: 0.11 }), ['calibration']],
    ['slow', subject(2, first(60), { latencies: [5, 5, 5] }), ['latency']],
    ['large', subject(2, first(60), { bytes: 4001 }), ['size']],
    [
      'no use',
      subject(2, first(200)),
      ['accuracy', 'accuracy_difference', 'mcnemar', 'class_recall_drop'],
    ],
  ]
  it.each(bad)('refuses a model that is %s', (_, candidate, wanted) => {
    const verdict = judge(candidate, current)
    expect(verdict.passed).toBe(false)
    expect(failedIn(verdict)).toEqual(wanted)
  })

  it('names the class that decides', () => {
    const verdict = judge(
      subject(
        2,
        first(20).map((i) => 3 * i + 2),
      ),
      subject(1, []),
    )
    expect(checkOf(verdict, 'class_recall')).toMatchObject({ subject: 'bag', value: 0.9 })
    expect(checkOf(verdict, 'class_recall_drop')).toMatchObject({ subject: 'bag', current: 1 })
  })

  it('passes what is exactly at the limit', () => {
    const rules = { ...RULES, max_accuracy_drop: 1, alpha: 0.0001, max_class_recall_drop: 0.05 }
    const verdict = judge(
      subject(2, first(120), { ece: 0.1, bytes: 4000, latencies: [4] }),
      subject(1, first(90)),
      { rules },
    )
    expect(checkOf(verdict, 'class_recall_drop')!.value).toBeCloseTo(0.05, 12)
    expect(failedIn(verdict).filter((check) => check !== 'mcnemar')).toEqual([])
  })

  it('refuses a model of other data, and one that cannot be compared', () => {
    expect(failedIn(judge(subject(2, []), current, { trainedOn: 'other' }))).toEqual(['data'])
    const verdict = judge(subject(2, []), 'other classes')
    expect(verdict).toMatchObject({ passed: false, current: null })
    expect(checkOf(verdict, 'comparable')).toMatchObject({ subject: 'other classes' })
  })

  it('leaves out classes without images, and latency that was not measured', () => {
    const labels = Int32Array.from({ length: 60 }, (_, i) => i % 2)
    const quick = (version: number) => subject(version, [], { predicted: labels, latencies: [] })
    const verdict = judge(quick(2), quick(1), { labels })
    expect(verdict.candidate).toMatchObject({ recall: [1, 1, null], latency_ms: null })
    expect(checkOf(verdict, 'latency')).toBeUndefined()
    expect(verdict.passed).toBe(true)
  })
})
