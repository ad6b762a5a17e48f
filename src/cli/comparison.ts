import type { ComparedMetricCurves, ComparedRow, ComparisonPage } from '../evaluation/index.ts'
import { type ComparedValue, compareRuns, type RunEntry, type Series } from '../tracking/index.ts'
import { formatDuration } from './progress-line.ts'
import { formatMetric, formatValue } from './run-cells.ts'

/** A run in a comparison, under its letter. */
export interface ComparedRun {
  readonly letter: string
  readonly entry: RunEntry
  readonly series: readonly Series[]
}

/** `A` to `Z`, then `A1` … */
export function letterOf(at: number): string {
  const round = Math.floor(at / 26)
  return `${String.fromCharCode(65 + (at % 26))}${round === 0 ? '' : round}`
}

/** What is said of several runs, as text: for the terminal, for CSV and for the page. */
export function comparisonPageOf(runs: readonly ComparedRun[], all: boolean): ComparisonPage {
  const compared = compareRuns(runs.map(({ entry }) => entry))
  const shown = (rows: readonly ComparedValue[], every: boolean) =>
    rows.filter(({ differs }) => every || differs).map(valueRow)
  return {
    runs: runs.map(({ letter, entry }) => ({
      letter,
      id: entry.record.id,
      facts: factsOf(entry),
    })),
    config: shown(compared.config, all),
    settings: compared.config.length,
    surroundings: shown(compared.surroundings, all),
    metrics: compared.metrics.map(({ metric, values, best }) => ({
      name: metric,
      cells: values.map((value) => (value === undefined ? '' : formatMetric(value))),
      best,
    })),
  }
}

function factsOf({ record }: RunEntry): string {
  const { status, architecture, seconds, tags } = record
  return [status, architecture ?? '', formatDuration(seconds * 1000), ...tags]
    .filter((part) => part !== '')
    .join(', ')
}

function valueRow({ key, values }: ComparedValue): ComparedRow {
  return { name: key, cells: values.map((value) => formatValue(value, key)) }
}

const USUAL = ['val.accuracy', 'val.loss', 'train.accuracy', 'train.loss', 'batch.loss']
const MOST_OTHERS = 6

/** Metrics to draw when none is asked for: the usual ones of training, else those that were logged. */
export function metricsToDraw(runs: readonly ComparedRun[]): readonly string[] {
  const logged = new Set(
    runs.flatMap(({ series }) => series.filter(isCurve).map(({ metric }) => metric)),
  )
  const usual = USUAL.filter((metric) => logged.has(metric))
  if (usual.length > 0) return usual
  return [...logged].filter((metric) => !metric.startsWith('system.')).slice(0, MOST_OTHERS)
}

const isCurve = ({ count }: Series) => count > 1

/** Curves for the figures; a run is called by its letter and id. */
export function curvesOf(
  runs: readonly ComparedRun[],
  metrics: readonly string[],
): ComparedMetricCurves[] {
  return metrics.map((metric) => ({
    metric,
    curves: runs.flatMap((run) => {
      const series = run.series.find((one) => one.metric === metric)
      if (series === undefined) return []
      const points = Array.from(series.steps, (x, at) => ({ x, y: series.values[at]! }))
      return [{ label: labelOf(run), points }]
    }),
  }))
}

export const labelOf = ({ letter, entry }: ComparedRun) => `${letter}  ${entry.record.id}`
