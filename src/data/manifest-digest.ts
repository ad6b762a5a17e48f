import type { DatasetManifest } from '../contracts/index.ts'
import { digestOf } from '../core/index.ts'

type Origin = 'digest' | 'source_digest' | 'inputs_digest'

/** The identity of a data set: SHA-256 over its manifest but for where it came from. */
export function manifestDigest(identity: Omit<DatasetManifest, Origin>): string {
  const { format, version, name, classes, geometry, split_seed, splits, normalization } = identity
  return digestOf({ format, version, name, classes, geometry, split_seed, splits, normalization })
}
