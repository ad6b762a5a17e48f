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
