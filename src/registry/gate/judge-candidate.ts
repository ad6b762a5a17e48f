import type {
  GateCheck,
  GateCheckName,
  GateConfig,
  GateVerdict,
  JudgedModel,
} from '../../contracts/index.ts'
import { createRandom } from '../../core/index.ts'
import { mcnemar } from './mcnemar.ts'
import { pairedBootstrap } from './paired-bootstrap.ts'

/** One of the two models, and what it did on the images. */
export interface GateSubject {
  readonly version: number
  readonly sha256: string
  readonly bytes: number
  /** [N]: index of the predicted class. */
  readonly predicted: Int32Array
  readonly ece: number
  /** Milliseconds of runs with one image each; empty: not measured. */
  readonly latencies: readonly number[]
}

export interface GateInput {
  readonly model: string
  readonly alias: string
  readonly dataset: { readonly name: string; readonly digest: string }
  readonly classes: readonly string[]
  /** [N], each an index of `classes`. */
  readonly labels: Int32Array
  readonly candidate: GateSubject
  /** Digest of the data set that the candidate was trained on. */
  readonly trainedOn: string
  /** The model that the alias points to; null where there is none. A text: why it cannot be compared. */
  readonly current: GateSubject | string | null
  readonly rules: GateConfig
  /** ISO 8601. */
  readonly time: string
}

/** Rounding alone refuses nobody: 0.85 − 0.8 is a little more than 0.05. */
const SLACK = 1e-9

/**
 * Judges a candidate on the validation images, against the current model where there is one: a pure
 * function, the same for the same input.
 */
export function judgeCandidate(input: GateInput): GateVerdict {
  const { labels, classes, rules, dataset } = input
  const current = typeof input.current === 'string' ? null : input.current
  const judge = (subject: GateSubject) => judgedModel(subject, labels, classes.length)
  const candidate = judge(input.candidate)
  const compared = current === null ? null : comparison(input, current)
  const judged = current === null ? null : judge(current)
  const checks = [
    ...floorChecks(candidate, input),
    ...(typeof input.current === 'string' ? [failed('comparable', input.current)] : []),
    ...(judged === null || compared === null
      ? []
      : comparedChecks(candidate, judged, compared, input)),
  ]
  return {
    format: 'atelier-gate',
    version: 1,
    created: input.time,
    passed: checks.every(({ passed }) => passed),
    model: input.model,
    alias: input.alias,
    dataset: { ...dataset, split: 'val', size: labels.length },
    classes: [...classes],
    candidate,
    current: judged,
    mcnemar: compared?.test ?? null,
    difference: compared?.difference ?? null,
    checks,
    rules,
  }
}

function judgedModel(subject: GateSubject, labels: Int32Array, classes: number): JudgedModel {
  const { version, sha256, bytes, ece, latencies, predicted } = subject
  const [images, hits] = [new Float64Array(classes), new Float64Array(classes)]
  for (const [i, label] of labels.entries()) {
    images[label]!++
    if (predicted[i] === label) hits[label]!++
  }
  const total = hits.reduce((sum, count) => sum + count, 0)
  return {
    version,
    sha256,
    bytes,
    accuracy: total / labels.length,
    recall: Array.from(images, (count, k) => (count === 0 ? null : hits[k]! / count)),
    ece,
    latency_ms: median(latencies),
  }
}

function comparison({ labels, candidate, rules }: GateInput, current: GateSubject) {
  const right = ({ predicted }: GateSubject) =>
    Uint8Array.from(labels, (label, i) => Number(predicted[i] === label))
  const [candidateRight, currentRight] = [right(candidate), right(current)]
  const differences = Int8Array.from(candidateRight, (hit, i) => hit - currentRight[i]!)
  return {
    test: mcnemar(candidateRight, currentRight),
    difference: pairedBootstrap(differences, {
      samples: rules.bootstrap_samples,
      level: 1 - rules.alpha,
      random: createRandom(rules.seed, 'bootstrap'),
    }),
  }
}

function floorChecks(
  candidate: JudgedModel,
  { rules, classes, trainedOn, dataset }: GateInput,
): GateCheck[] {
  const worst = extreme(candidate.recall, (a, b) => a < b)
  const isOwnData = trainedOn === dataset.digest
  return [
    ...(isOwnData ? [] : [failed('data', 'trained on another data set')]),
    atLeast('accuracy', candidate.accuracy, rules.min_accuracy, {
      candidate: candidate.accuracy,
    }),
    atLeast('class_recall', worst.value, rules.min_class_recall, {
      candidate: worst.value,
      subject: classes[worst.at] ?? null,
    }),
    atMost('calibration', candidate.ece, rules.max_ece, { candidate: candidate.ece }),
  ]
}

function comparedChecks(
  candidate: JudgedModel,
  current: JudgedModel,
  { test, difference }: ReturnType<typeof comparison>,
  { rules, classes }: GateInput,
): GateCheck[] {
  const drops = candidate.recall.map((recall, k) =>
    recall === null ? null : current.recall[k]! - recall,
  )
  const drop = extreme(drops, (a, b) => a > b)
  const both = (key: 'accuracy' | 'latency_ms' | 'bytes') => ({
    candidate: candidate[key],
    current: current[key],
  })
  const isWorse = test.candidate_only < test.current_only && test.mid_p < rules.alpha
  const latency =
    candidate.latency_ms === null || current.latency_ms === null
      ? null
      : candidate.latency_ms / current.latency_ms
  return [
    atLeast('accuracy_difference', difference.low, -rules.max_accuracy_drop, both('accuracy')),
    {
      ...{ check: 'mcnemar', passed: !isWorse, value: test.mid_p, limit: rules.alpha },
      ...{ candidate: test.candidate_only, current: test.current_only, subject: null },
    },
    atMost('class_recall_drop', drop.value, rules.max_class_recall_drop, {
      candidate: candidate.recall[drop.at] ?? null,
      current: current.recall[drop.at] ?? null,
      subject: classes[drop.at] ?? null,
    }),
    ...(latency === null
      ? []
      : [atMost('latency', latency, rules.max_latency_ratio, both('latency_ms'))]),
    atMost('size', candidate.bytes / current.bytes, rules.max_size_ratio, both('bytes')),
  ]
}

type Shown = Partial<Pick<GateCheck, 'candidate' | 'current' | 'subject'>>
const NOTHING = { candidate: null, current: null, subject: null }

const atLeast = (check: GateCheckName, value: number, limit: number, shown: Shown): GateCheck => ({
  ...{ check, passed: value >= limit - SLACK, value, limit, ...NOTHING, ...shown },
})

const atMost = (check: GateCheckName, value: number, limit: number, shown: Shown): GateCheck => ({
  ...{ check, passed: value <= limit + SLACK, value, limit, ...NOTHING, ...shown },
})

const failed = (check: GateCheckName, subject: string): GateCheck => ({
  ...{ check, passed: false, value: null, limit: null, ...NOTHING, subject },
})

/** The value that goes before all others, and where it stands; the first of equals. */
function extreme(
  values: readonly (number | null)[],
  isBefore: (a: number, b: number) => boolean,
): { readonly value: number; readonly at: number } {
  return values.reduce<{ value: number; at: number }>(
    (best, value, at) =>
      value !== null && (best.at < 0 || isBefore(value, best.value)) ? { value, at } : best,
    { value: 0, at: -1 },
  )
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
