export { type AliasedSweep, applyAliases } from './aliases.ts'
export { type ParameterImportance, parameterImportance } from './analysis/importance.ts'
export {
  renderSweepFigures,
  type SweepFigure,
  type SweepFigureName,
} from './analysis/render-sweep-figures.ts'
export type { SweepResults } from './analysis/sweep-results.ts'
export type { Distribution, ParameterValue } from './definition/distribution.ts'
export { type CommandOptions, expandCommand } from './definition/expand-command.ts'
export { parseSweep } from './definition/parse-sweep.ts'
export type {
  Hyperband,
  SweepFile,
  SweepGoal,
  SweepMetric,
  SweepParameter,
} from './definition/sweep-file.ts'
export { flattenParams, paramsToOverrides } from './params-to-overrides.ts'
export { gridSize } from './sampling/grid.ts'
export { trialsToStop } from './sampling/hyperband.ts'
export { createSampler, isTargetReached, type Sampler } from './sampling/sampler.ts'
export type { Trial, TrialParams } from './sampling/trial.ts'
export {
  type RunTrial,
  runTrials,
  type SchedulerOptions,
  type SweepEnd,
  type TrialJob,
  type TrialOutcome,
  type TrialReporter,
} from './scheduler.ts'
export type { SweepEvent, SweepRequest } from './sweep-events.ts'
export {
  createSweep,
  findSweep,
  listSweeps,
  openSweep,
  readDefinition,
  type Sweep,
} from './sweep-folder.ts'
export { SweepJournal } from './sweep-journal.ts'
export type { Attempt, ProcessReference, SweepState, SweepTrial } from './sweep-state.ts'
export { rankTrials, summarizeTrial, type TrialSummary } from './trial-summary.ts'
