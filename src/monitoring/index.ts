export {
  type DroppedRows,
  type EvidentlyResult,
  evidentlyReport,
} from './evidently/evidently-report.ts'
export type { EvidentlyOptions } from './evidently/options.ts'
export type { ColumnDrift, EvidentlyReport, SmallDistribution } from './evidently/report.ts'
export type { Table, TableColumn } from './evidently/table.ts'
export {
  type ColumnType,
  type DriftTest,
  type DriftTestName,
  driftTests,
} from './statistics/drift-tests.ts'
