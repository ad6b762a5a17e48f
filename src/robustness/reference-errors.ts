import type { RobustnessReport } from '../contracts/index.ts'
import type { CorruptedSets } from './corrupted-sets.ts'
import { originalErrors } from './original-errors.ts'

/**
 * The stored errors of the Python original's model where they were measured on these very images, so
 * that a corruption error needs no second model; else null.
 */
export function storedReference({
  cleanSha256,
  seed,
}: Pick<CorruptedSets, 'cleanSha256' | 'seed'>): RobustnessReport['reference'] {
  const { clean_sha256, seed: measured, ...reference } = originalErrors
  return cleanSha256 === clean_sha256 && seed === measured ? reference : null
}
