export { replaceFile, syncFolder, writeFileAtomic, writeFileAtomicSync } from './atomic-file.ts'
export { type Clock, systemClock } from './clock.ts'
export { type CsvValue, formatCsv } from './csv.ts'
export { type ErrorCode, type ErrorKind, errorCatalogue } from './error-catalogue.ts'
export { type PlainError, packError, unpackError } from './error-transfer.ts'
export { AtelierError, type ErrorDetails, toAtelierError } from './errors.ts'
export { digestOf, sha256, sha256File } from './hashing.ts'
export { type Logger, silentLogger } from './logger.ts'
export { editDistance, nearestName } from './nearest-name.ts'
export { processExists, processIdentity } from './process-identity.ts'
export {
  type Progress,
  type ProgressHandle,
  type ProgressTask,
  silentProgress,
} from './progress.ts'
export { pythonFloat } from './python-float.ts'
export { createRandom, permutation, type Random, type RandomStream } from './random.ts'
export { formatId, timeOfId, timeOrderedId } from './time-ordered-id.ts'
