import type { RunEntry } from './run-store.ts'

/** One setting of several runs. `undefined`: that run does not have it. */
export interface ComparedValue {
  readonly key: string
  readonly values: readonly unknown[]
  readonly differs: boolean
}

/** One metric of the summaries of several runs. */
export interface ComparedMetric {
  readonly metric: string
  readonly values: readonly (number | undefined)[]
  /** Indices of the runs that did best; none when it is not known which way is better. */
  readonly best: readonly number[]
}

export interface RunComparison {
  /** Every configuration key of any of the runs. */
  readonly config: readonly ComparedValue[]
  /** Code, data, libraries and machine: what else may make runs differ. */
  readonly surroundings: readonly ComparedValue[]
  readonly metrics: readonly ComparedMetric[]
}

/** What sets runs apart, and how they did; values are in the order of the runs. */
export function compareRuns(entries: readonly RunEntry[]): RunComparison {
  return {
    config: compareValues(entries.map(({ config }) => flattenConfig(config))),
    surroundings: compareValues(entries.map(surroundingsOf)),
    metrics: compareMetrics(entries.map(({ record }) => record.summary)),
  }
}

function compareValues(maps: readonly ReadonlyMap<string, unknown>[]): ComparedValue[] {
  const keys = new Set(maps.flatMap((map) => [...map.keys()]))
  return [...keys].map((key) => {
    const values = maps.map((map) => map.get(key))
    const texts = values.map((value) => JSON.stringify(value))
    return { key, values, differs: texts.some((text) => text !== texts[0]) }
  })
}

/** Nested values by their dotted keys; lists are values. */
export function flattenConfig(
  config: Readonly<Record<string, unknown>>,
  prefix = '',
): Map<string, unknown> {
  return new Map(
    Object.entries(config).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [...flattenConfig(value as Record<string, unknown>, `${prefix}${name}.`)]
        : [[prefix + name, value] as const],
    ),
  )
}

function surroundingsOf({ record }: RunEntry): ReadonlyMap<string, unknown> {
  const { git, dataset, environment, parameters } = record
  const { libraries, ...machine } = environment
  return new Map<string, unknown>([
    ['code.commit', git?.commit],
    ['code.dirty', git?.dirty],
    ['data.name', dataset?.name],
    ['data.digest', dataset?.digest],
    ['model.parameters', parameters],
    ...flattenConfig(machine, 'machine.'),
    ...flattenConfig(libraries, 'library.'),
  ])
}

function compareMetrics(summaries: readonly Readonly<Record<string, number>>[]): ComparedMetric[] {
  const metrics = new Set(summaries.flatMap((summary) => Object.keys(summary)))
  return [...metrics].sort(byImportance).map((metric) => {
    const values = summaries.map((summary) => summary[metric])
    return { metric, values, best: bestOf(metric, values) }
  })
}

function bestOf(metric: string, values: readonly (number | undefined)[]): number[] {
  const direction = metricDirection(metric)
  const known = values.filter(
    (value): value is number => value !== undefined && !Number.isNaN(value),
  )
  if (direction === undefined || known.length < 2) return []
  const best = direction === 'max' ? Math.max(...known) : Math.min(...known)
  // all alike: none is better
  if (known.every((value) => value === best)) return []
  return values.flatMap((value, at) => (value === best ? [at] : []))
}

const HIGHER =
  /(?:^|[._])(?:accuracy|acc|f1|auc|precision|recall|score|reward|per_second)(?:$|[._])/
const LOWER = /(?:^|[._])(?:loss|error|err|mse|rmse|mae|perplexity|ece|brier|seconds)(?:$|[._])/

/** Whether more of a metric is better, as far as its name tells. */
export function metricDirection(metric: string): 'max' | 'min' | undefined {
  const name = metric.toLowerCase()
  if (LOWER.test(name)) return 'min'
  return HIGHER.test(name) ? 'max' : undefined
}

/** Validation is what runs are chosen by; what the machine did comes last. */
const ORDER = [/^val\./, /^train\./, /^(?!system\.)/, /^system\./]

function byImportance(a: string, b: string): number {
  const rank = (metric: string) => ORDER.findIndex((pattern) => pattern.test(metric))
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}
