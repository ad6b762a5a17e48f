import type { DriftReport } from '../../contracts/index.ts'
import {
  type DroppedRows,
  type EvidentlyResult,
  evidentlyReport,
} from '../evidently/evidently-report.ts'
import type { EvidentlyReport } from '../evidently/report.ts'
import { createDriftJudge } from '../verdict/drift-judge.ts'
import type { DriftItem, DriftVerdict } from '../verdict/drift-verdict.ts'
import type { MonitoredReference } from '../windows/load-reference.ts'
import { comparedTables, type MonitoredRows, withClassOrder } from '../windows/monitored-rows.ts'
import type { PredictionWindow } from '../windows/prediction-window.ts'
import { distributionsOf } from './distributions.ts'
import { driftOverTime } from './drift-over-time.ts'
import {
  classMix,
  finite,
  isoTime,
  latencyOf,
  liveAccuracy,
  timesOf,
  volumeOf,
} from './window-facts.ts'

export interface DriftReportOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Most false alarms, as a share of windows in which nothing has changed. Default 0.05. */
  readonly alpha?: number
  /** Into how many parts the window is divided to tell drift over time. Default: by its size. */
  readonly parts?: number | undefined
}

export interface DriftFindings {
  readonly report: DriftReport
  /** Of the same rows, in Evidently's own shape. */
  readonly evidently: EvidentlyReport
}

/** Judges a window and gathers what a person wants to see beside the verdict. Throws DRIFT_INPUT. */
export function buildDriftReport(
  reference: MonitoredReference,
  window: PredictionWindow,
  { now, alpha, parts }: DriftReportOptions,
): DriftFindings {
  const [before, after] = withSameClasses(reference.rows, window.rows)
  const judge = createDriftJudge(before, alpha === undefined ? {} : { alpha })
  const verdict = judge.judge(after)
  const tables = comparedTables(before, after)
  const evidently = evidentlyReport(tables.reference, tables.current)
  const span = timesOf(window.times)
  const { source, run } = reference
  const { model } = window
  const report: DriftReport = {
    ...{ format: 'atelier-drift-report', version: 1, created: isoTime(now) },
    ...{ verdict: verdict.verdict, reason: verdict.reason, needed: verdict.needed },
    ...{ p: verdict.p, alpha: verdict.alpha },
    model: model && { name: model.name, version: model.version, sha256: model.sha256 },
    reference: { source, run, rows: reference.rows.count },
    window: {
      ...{ source: window.source, rows: window.rows.count, judged: verdict.judged },
      first: span === undefined ? null : isoTime(span[0]),
      last: span === undefined ? null : isoTime(span[1]),
      lost: window.lost,
    },
    warnings: [...verdict.warnings, ...lossWarnings(window)],
    measures: verdict.items.map(measureOf),
    distributions: byEffect(before, after, verdict),
    classes: classMix(before, after),
    volume: volumeOf(window),
    over_time: driftOverTime(judge, after, window.times, verdict.alpha, parts),
    latency: latencyOf(window),
    live: liveAccuracy(window, reference),
    dropped: evidently.dropped.map(droppedOf),
    evidently: summaryOf(evidently),
  }
  return { report, evidently: evidently.report }
}

/** A CSV log has its classes in the order in which they came. */
function withSameClasses(reference: MonitoredRows, window: MonitoredRows) {
  const after = withClassOrder(window, reference.classes ?? [])
  return [withClassOrder(reference, after.classes ?? []), after] as const
}

function lossWarnings({ lost }: PredictionWindow): string[] {
  if (lost === 0) return []
  const were =
    lost === 1 ? '1 prediction of that time was' : `${lost} predictions of that time were`
  return [`${were} answered but could not be logged.`]
}

function measureOf({ moreRows, reference, current, effect, ...item }: DriftItem) {
  return {
    ...{ name: item.name, kind: item.kind, p: item.p, adjusted: item.adjusted },
    ...{ drifted: item.drifted, gap: item.gap, changed: item.changed },
    effect: { ...effect },
    ...{ reference: finite(reference), current: finite(current), more_rows: moreRows },
  }
}

function byEffect(reference: MonitoredRows, window: MonitoredRows, { items }: DriftVerdict) {
  const effects = new Map(
    items
      .filter(({ kind }) => kind === 'feature' || kind === 'confidence')
      .map(({ name, effect }) => [name, Math.abs(effect.value)]),
  )
  const effectOf = (name: string) => effects.get(name) ?? 0
  return distributionsOf(reference, window).sort((a, b) => effectOf(b.name) - effectOf(a.name))
}

const droppedOf = ({ column, side, rows }: DroppedRows) => ({ column, side, rows })

function summaryOf({ report }: EvidentlyResult): DriftReport['evidently'] {
  const [{ result }, table] = report.metrics
  return {
    dataset_drift: result.dataset_drift,
    share_of_drifted_columns: result.share_of_drifted_columns,
    columns: Object.values(table.result.drift_by_columns).map((drift) => ({
      ...{ column: drift.column_name, test: drift.stattest_name },
      score: finite(drift.drift_score),
      ...{ threshold: drift.stattest_threshold, drifted: drift.drift_detected },
    })),
  }
}
