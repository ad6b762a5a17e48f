import { readFile } from 'node:fs/promises'
import {
  BUNDLE_IO,
  BUNDLE_MANIFEST_KEY,
  type BundleManifest,
  bundleManifestSchema,
} from '../contracts/index.ts'
import { AtelierError, sha256 } from '../core/index.ts'
import { preprocessingFingerprint } from '../image/index.ts'
import { inspectModel, type ModelInspection } from '../onnx/index.ts'
import { openPredictor, type Predictor, type PredictorOptions } from './predictor.ts'

/** A model that says itself what it takes and gives. */
export interface Bundle extends Predictor {
  readonly manifest: BundleManifest
  /** Of the file's bytes. */
  readonly sha256: string
}

/**
 * Opens a `model.onnx` from a path or bytes. Throws MODEL_NOT_FOUND, MODEL_INVALID for what may not
 * be loaded, and MODEL_FOREIGN for a model without our manifest.
 */
export async function loadBundle(
  source: string | Uint8Array,
  options: PredictorOptions,
): Promise<Bundle> {
  const bytes = typeof source === 'string' ? await readModel(source) : source
  const manifest = named(source, () => readManifest(bytes))
  const { channels, height, width } = manifest.preprocessing.geometry
  const predictor = await openPredictor(bytes, [channels, height, width], options)
  return { ...predictor, manifest, sha256: sha256(bytes) }
}

/** The checked manifest of a bundle's bytes, without opening a session. */
export function readManifest(bytes: Uint8Array): BundleManifest {
  const inspection = inspectModel(bytes)
  const manifest = parseManifest(inspection.metadata[BUNDLE_MANIFEST_KEY])
  const fingerprint = preprocessingFingerprint(manifest.preprocessing)
  if (fingerprint !== manifest.preprocessing_fingerprint) {
    throw mismatch(
      `its preprocessing has the fingerprint ${fingerprint.slice(0, 12)}, its manifest says ${manifest.preprocessing_fingerprint.slice(0, 12)}`,
    )
  }
  checkSignature(inspection, manifest)
  return manifest
}

/** Says which file was refused. */
function named<T>(source: string | Uint8Array, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (typeof source !== 'string' || !(error instanceof AtelierError)) throw error
    const { code, message, hint, data } = error
    throw new AtelierError(code, `${source}: ${message}`, {
      cause: error,
      data: { ...data, path: source },
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

async function readModel(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause
    throw new AtelierError('MODEL_NOT_FOUND', `There is no model file ${path}.`, {
      hint: 'Train one with `atelier train`, or name a run.',
      cause,
      data: { path },
    })
  }
}

function parseManifest(text: string | undefined): BundleManifest {
  if (text === undefined) {
    throw new AtelierError(
      'MODEL_FOREIGN',
      `The ONNX model has no ${BUNDLE_MANIFEST_KEY}, so its classes and preprocessing are not known.`,
      { hint: 'Use a model.onnx that Atelier exported.' },
    )
  }
  try {
    return bundleManifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new AtelierError('MODEL_INVALID', 'The manifest of the model is not of this version.', {
      hint: 'Use a model.onnx that this version of Atelier exported.',
      cause,
    })
  }
}

/** The graph must take and give what the manifest promises. */
function checkSignature(
  { inputs, outputs }: ModelInspection,
  { preprocessing: { geometry }, classes }: BundleManifest,
): void {
  const [images] = inputs
  const { channels, height, width } = geometry
  const wanted = `[${[channels, height, width]}]`
  const got = `[${images?.shape.slice(1)}]`
  if (inputs.length !== 1 || images?.name !== BUNDLE_IO.images || images.dtype !== 'uint8') {
    throw mismatch(`it does not take one uint8 input "${BUNDLE_IO.images}"`)
  }
  if (typeof images.shape[0] !== 'string') throw mismatch('it does not take any batch size')
  if (got !== wanted) throw mismatch(`it takes images ${got}, its manifest says ${wanted}`)
  for (const name of [BUNDLE_IO.probabilities, BUNDLE_IO.logits, BUNDLE_IO.embedding]) {
    const output = outputs.find((value) => value.name === name)
    if (output?.dtype !== 'float32') throw mismatch(`it does not give float32 "${name}"`)
    if (name !== BUNDLE_IO.embedding && output.shape[1] !== classes.length) {
      throw mismatch(
        `it gives ${output.shape[1]} ${name}, its manifest names ${classes.length} classes`,
      )
    }
  }
}

function mismatch(reason: string): AtelierError {
  return new AtelierError('MODEL_INVALID', `The model contradicts its manifest: ${reason}.`, {
    hint: 'Use a model.onnx as Atelier exported it.',
  })
}
