export { writeArtifacts } from './artifacts.ts'
export { settleRun, settleStore } from './crashed.ts'
export { parseFilter } from './filter-parser.ts'
export { findRun, listRuns } from './find-run.ts'
export { entryOf, indexRun, type ReindexResult, reindex } from './index-run.ts'
export { removeLeftovers } from './leftovers.ts'
export { canonicalMetric } from './metric-name.ts'
export { epochValues } from './metric-points.ts'
export { readMetrics } from './metrics-log.ts'
export { Recorder, type RecorderOptions } from './recorder.ts'
export { refreshIndex } from './refresh-index.ts'
export { createRun, type NewRun, openRun, type Run, readRunConfig, updateRun } from './run.ts'
export type { RunFiles } from './run-files.ts'
export { isRunLocked, lockRun, type RunLock } from './run-lock.ts'
export type {
  Filter,
  OpenStore,
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
export { sweepTrial } from './sweep-trial.ts'
