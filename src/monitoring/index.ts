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
export { openDatabaseSink } from './log/database-sink.ts'
export { openPredictionStore } from './log/open-prediction-store.ts'
export type { PredictionSink, SinkCounts } from './log/prediction-sink.ts'
export type { PredictionQuery, PredictionStore } from './log/prediction-store.ts'
export { readReference } from './reference/read-reference.ts'
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
  judgeDrift,
} from './verdict/drift-judge.ts'
export type { DriftRows } from './verdict/drift-rows.ts'
export type { DriftItem, DriftLevel, DriftVerdict } from './verdict/drift-verdict.ts'
