import { webcrypto } from 'node:crypto'
import { readManifest } from '../bundle/index.ts'
import type { BundleManifest, PredictionModel } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import type { SourcedModel } from './model-source.ts'

/** A model that was looked over and may be tried. */
export interface CheckedModel {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly manifest: BundleManifest
  /** What answers and records call it. */
  readonly identity: PredictionModel
  readonly revision: string | undefined
}

/**
 * Looks a model over without running it: its bytes are those that were registered, nothing in it
 * reaches outside, and its manifest and preprocessing are ones this server knows. Throws
 * MODEL_INVALID or MODEL_FOREIGN.
 */
export async function checkModel(sourced: SourcedModel): Promise<CheckedModel> {
  const { bytes, registered, revision } = sourced
  // in another thread: hashing a large model would hold up every request
  const digest = await webcrypto.subtle.digest('SHA-256', bytes)
  const sha256 = Buffer.from(digest).toString('hex')
  if (registered !== undefined && registered.sha256 !== sha256) {
    throw new AtelierError(
      'MODEL_INVALID',
      `The model has the SHA-256 ${sha256}, version ${registered.version} of ${registered.name} was registered with ${registered.sha256}.`,
      { hint: 'The stored file was changed or damaged: register the model again.' },
    )
  }
  const manifest = readManifest(bytes)
  const identity: PredictionModel = {
    name: registered?.name ?? manifest.run_id,
    version: registered?.version ?? null,
    sha256,
    fingerprint: manifest.preprocessing_fingerprint,
    classes: manifest.classes,
  }
  return { bytes, manifest, identity, revision }
}
