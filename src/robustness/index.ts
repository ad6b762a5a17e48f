export {
  type CorruptionName,
  corruptionNames,
  type Severity,
  severities,
} from '../contracts/index.ts'
export { buildRobustnessReport, errorTableOf, type RobustnessInput } from './build-report.ts'
export { type CorruptOptions, corrupt } from './corrupt.ts'
export {
  type CorruptedSet,
  type CorruptedSets,
  type CorruptedSetsOptions,
  openCorruptedSets,
  type Sample,
  sampleOf,
} from './corrupted-sets.ts'
export type { Corruption, Damage } from './corruption.ts'
export { corruptions } from './corruptions.ts'
export { stripCollector } from './picture-strips.ts'
export { storedReference } from './reference-errors.ts'
export type { Strips } from './robustness-page.ts'
export { type ModelScores, type ScoringOptions, type SetScores, scoreSets } from './score-sets.ts'
export { type RobustnessFiles, writeRobustness } from './write-robustness.ts'
