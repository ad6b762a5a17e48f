export {
  type CorruptionName,
  corruptionNames,
  type Severity,
  severities,
} from '../contracts/index.ts'
export { type CorruptOptions, corrupt } from './corrupt.ts'
export type { Corruption, Damage } from './corruption.ts'
export { corruptions } from './corruptions.ts'
