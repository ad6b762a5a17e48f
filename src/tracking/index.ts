export { findRun, listRuns } from './find-run.ts'
export { removeLeftovers } from './leftovers.ts'
export { MetricsLog, readMetrics } from './metrics-log.ts'
export {
  type Difference,
  type Divergence,
  differencesBetween,
  firstDivergence,
} from './reproduction.ts'
export { createRun, type NewRun, openRun, type Run, readRunConfig, updateRun } from './run.ts'
export type { RunFiles } from './run-files.ts'
export { isRunLocked, lockRun, type RunLock } from './run-lock.ts'
