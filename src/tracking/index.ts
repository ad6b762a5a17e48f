export type { ActiveRun, FinishOptions } from './active-run.ts'
export { writeArtifacts } from './artifacts.ts'
export { type Garbage, type GarbageOptions, type GarbageResult, gc } from './collect-garbage.ts'
export {
  type ComparedMetric,
  type ComparedValue,
  compareRuns,
  flattenConfig,
  metricDirection,
  type RunComparison,
} from './compare-runs.ts'
export { settleStore } from './crashed.ts'
export { type ExportResult, exportRuns } from './export-runs.ts'
export { parseFilter } from './filter-parser.ts'
export { findRun, listRuns } from './find-run.ts'
export { importRuns } from './import-runs.ts'
export { indexRun, type ReindexResult, reindex } from './index-run.ts'
export { noteRun, type RunsChange, type TagChange, tagRuns } from './label-runs.ts'
export { removeLeftovers } from './leftovers.ts'
export { LoggedRun, type LoggedRunOptions } from './logged-run.ts'
export { canonicalMetric } from './metric-name.ts'
export { epochValues, lineValues } from './metric-points.ts'
export { readMetrics } from './metrics-log.ts'
export { readPoints } from './read-points.ts'
export { Recorder, type RecorderOptions } from './recorder.ts'
export { refreshIndex } from './refresh-index.ts'
export {
  type Difference,
  type Divergence,
  differencesBetween,
  firstDivergence,
} from './reproduction.ts'
export {
  createRun,
  createRunFolder,
  type NewRun,
  openRun,
  type RecordChange,
  type Run,
  readRunConfig,
  updateRun,
} from './run.ts'
export { entryOf } from './run-entry.ts'
export type { RunFiles } from './run-files.ts'
export { createRunId } from './run-id.ts'
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
export { isSafePath } from './safe-path.ts'
export { keysOf } from './store/filter-sql.ts'
export { openRunStore } from './store/open-run-store.ts'
export { type RunValue, recordKeys, valuesOf } from './store/run-values.ts'
export { SWEEP_ID, SWEEP_REPEAT, SWEEP_TRIAL, sweepTrial } from './sweep-trial.ts'
export { restoreRuns, trashRuns } from './trash.ts'
