import type { EvaluationReport } from '../contracts/index.ts'
import { accuracyDifference, type MeasuredShare } from './accuracy-difference.ts'

export type SideEvaluation = Pick<EvaluationReport, 'dataset' | 'accuracy' | 'per_class'> & {
  readonly classes: readonly string[]
  readonly top_confusions: EvaluationReport['top_confusions'] | undefined
}

/** One of the two that are compared. */
export interface ComparedSide {
  /** Above its column: `main`. */
  readonly label: string
  /** Which it is, in words: `reports/metrics.json at origin/main (1a2b3c4)`. */
  readonly description: string
  /** In the order of importance. */
  readonly metrics: Readonly<Record<string, number>>
  readonly evaluation: SideEvaluation | undefined
  /** Dotted keys; undefined where nothing is known of it. */
  readonly config: ReadonlyMap<string, unknown> | undefined
}

export interface MetricChange {
  readonly metric: string
  readonly base: number | undefined
  readonly head: number | undefined
  /** `head` less `base`. */
  readonly change: number | undefined
  /** Undefined where the name does not tell which way is better, or nothing changed. */
  readonly isBetter: boolean | undefined
}

/** `alone`: there is nothing to compare with. `unclear`: chance alone may do as much. */
export type Verdict = 'better' | 'worse' | 'same' | 'unclear' | 'alone'

export interface Comparison {
  readonly verdict: Verdict
  /** The metric that the verdict is about; undefined where the two have none in common. */
  readonly metric: MetricChange | undefined
  /** Of accuracy, where both were judged on the same images. */
  readonly difference: MeasuredShare | undefined
  readonly metrics: readonly MetricChange[]
  /** Undefined where the settings of one are not known. */
  readonly config: readonly SettingChange[] | undefined
}

interface SettingChange {
  readonly key: string
  readonly base: unknown
  readonly head: unknown
}

export type DirectionOf = (metric: string) => 'max' | 'min' | undefined

/** How the head did against the base, if there is one. */
export function compareSides(
  head: ComparedSide,
  base: ComparedSide | undefined,
  directionOf: DirectionOf,
): Comparison {
  const metrics = metricChanges(head, base, directionOf)
  if (base === undefined) {
    return {
      verdict: 'alone',
      metric: undefined,
      difference: undefined,
      metrics,
      config: undefined,
    }
  }
  const metric = deciding(metrics)
  const difference = areSameImages(head, base)
    ? accuracyDifference(head.evaluation!.accuracy, base.evaluation!.accuracy)
    : undefined
  return {
    verdict: difference === undefined ? verdictOf(metric) : verdictWith(difference),
    metric,
    difference,
    metrics,
    config: settingChanges(head, base),
  }
}

function metricChanges(
  head: ComparedSide,
  base: ComparedSide | undefined,
  directionOf: DirectionOf,
): MetricChange[] {
  const names = new Set([...Object.keys(head.metrics), ...Object.keys(base?.metrics ?? {})])
  return [...names].map((metric) => {
    const [before, after] = [base?.metrics[metric], head.metrics[metric]]
    const change = before === undefined || after === undefined ? undefined : after - before
    const direction = directionOf(metric)
    const isKnown = change !== undefined && change !== 0 && !Number.isNaN(change)
    const isBetter =
      isKnown && direction !== undefined ? change > 0 === (direction === 'max') : undefined
    return { metric, base: before, head: after, change, isBetter }
  })
}

const DECIDING = ['accuracy', 'val.accuracy', 'val_accuracy', 'loss', 'val.loss', 'val_loss']

/** What was measured on the test images, else on those of validation, else whatever has a better way. */
function deciding(metrics: readonly MetricChange[]): MetricChange | undefined {
  const common = metrics.filter(({ change }) => change !== undefined && !Number.isNaN(change))
  const usual = DECIDING.flatMap((name) => common.filter(({ metric }) => metric === name))
  return usual[0] ?? common.find(({ isBetter }) => isBetter !== undefined) ?? common[0]
}

function areSameImages(head: ComparedSide, base: ComparedSide): boolean {
  const [a, b] = [head.evaluation?.dataset, base.evaluation?.dataset]
  if (a === undefined || b === undefined) return false
  return a.digest === b.digest && a.split === b.split && a.size === b.size
}

function verdictOf(metric: MetricChange | undefined): Verdict {
  if (metric?.change === 0) return 'same'
  if (metric?.isBetter === undefined) return 'unclear'
  return metric.isBetter ? 'better' : 'worse'
}

function verdictWith({ value, low, high }: MeasuredShare): Verdict {
  if (low > 0) return 'better'
  if (high < 0) return 'worse'
  return value === 0 ? 'same' : 'unclear'
}

function settingChanges(head: ComparedSide, base: ComparedSide): SettingChange[] | undefined {
  if (head.config === undefined || base.config === undefined) return undefined
  const keys = new Set([...head.config.keys(), ...base.config.keys()])
  return [...keys]
    .map((key) => ({ key, base: base.config!.get(key), head: head.config!.get(key) }))
    .filter((one) => JSON.stringify(one.base) !== JSON.stringify(one.head))
}
