export { findRun, listRuns } from './find-run.ts'
export { entryOf, type ReindexResult, reindex } from './index-run.ts'
export { removeLeftovers } from './leftovers.ts'
export { canonicalMetric } from './metric-name.ts'
export { lineValues } from './metric-points.ts'
export { MetricsLog, readMetrics } from './metrics-log.ts'
export { processExists, processIdentity } from './process-identity.ts'
export { createRun, type NewRun, openRun, type Run, readRunConfig, updateRun } from './run.ts'
export type { RunFiles } from './run-files.ts'
export { createRunId } from './run-id.ts'
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
export { recordKeys } from './store/run-values.ts'
export { SWEEP_ID, SWEEP_REPEAT, SWEEP_TRIAL, sweepOf } from './sweep-env.ts'
