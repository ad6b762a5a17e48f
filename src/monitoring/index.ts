export type { AlertStore, DeliverAlerts } from './alerts/alert-store.ts'
export { alertSentence } from './alerts/alert-text.ts'
export { effectiveRules } from './alerts/effective-rules.ts'
export type { MonitoredLog } from './alerts/monitored-log.ts'
export { openAlertStore } from './alerts/open-alert-store.ts'
export { runCheck } from './alerts/run-check.ts'
export { startWatch, type Watch, type WatchCounts } from './alerts/start-watch.ts'
export { spanMs } from './alerts/window-span.ts'
export {
  type DroppedRows,
  type EvidentlyResult,
  evidentlyReport,
} from './evidently/evidently-report.ts'
export type { EvidentlyOptions } from './evidently/options.ts'
export type { ColumnDrift, EvidentlyReport, SmallDistribution } from './evidently/report.ts'
export type { Table, TableColumn } from './evidently/table.ts'
export { adoptJournals } from './log/adopt-journals.ts'
export { openCsvSink } from './log/csv-sink.ts'
export { type CsvSource, csvFile } from './log/csv-source.ts'
export { exportCsv } from './log/export-csv.ts'
export { type ImportedLabels, importLabels } from './log/import-labels.ts'
export { openJournaledSink } from './log/journaled-sink.ts'
export { type LogPlace, parseLogPlace } from './log/log-place.ts'
export { openObjectPredictionStore } from './log/objects/object-prediction-store.ts'
export { openPredictionStore } from './log/open-prediction-store.ts'
export type { PredictionSink, SinkCounts } from './log/prediction-sink.ts'
export type { PredictionQuery, PredictionStore } from './log/prediction-store.ts'
export { readReference } from './reference/read-reference.ts'
export { buildDriftReport, type DriftFindings } from './report/build-drift-report.ts'
export { driftPage } from './report/drift-page.ts'
export {
  type ColumnType,
  type DriftTest,
  type DriftTestName,
  driftTests,
} from './statistics/drift-tests.ts'
export {
  createDriftJudge,
  type DriftJudge,
  type DriftJudgeOptions,
} from './verdict/drift-judge.ts'
export type { DriftRows } from './verdict/drift-rows.ts'
export type { DriftItem, DriftVerdict } from './verdict/drift-verdict.ts'
export { loadReference, type MonitoredReference } from './windows/load-reference.ts'
export type { PredictionWindow } from './windows/prediction-window.ts'
export { readCsvWindow } from './windows/read-csv-window.ts'
export { chooseModel, readWindow } from './windows/read-window.ts'
