export { parseFilter } from './filter-parser.ts'
export { findRun, listRuns } from './find-run.ts'
export { entryOf, indexRun, type ReindexResult, reindex } from './index-run.ts'
export { removeLeftovers } from './leftovers.ts'
export { canonicalMetric } from './metric-name.ts'
export { MetricsLog, readMetrics } from './metrics-log.ts'
export { createRun, type NewRun, openRun, type Run, readRunConfig, updateRun } from './run.ts'
export type { RunFiles } from './run-files.ts'
export { isRunLocked, lockRun, type RunLock } from './run-lock.ts'
export type {
  Filter,
  Points,
  RunEntry,
  RunPage,
  RunQuery,
  RunStore,
  Series,
  SeriesQuery,
} from './run-store.ts'
export { openRunStore } from './store/open-run-store.ts'
export { type RunValue, recordKeys, valuesOf } from './store/run-values.ts'
