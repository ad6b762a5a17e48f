import {
  type BestEpoch,
  BUNDLE_MANIFEST_KEY,
  type BundleManifest,
  bundleManifestSchema,
  type Config,
  type DatasetManifest,
} from '../contracts/index.ts'
import { type Clock, digestOf, writeFileAtomic } from '../core/index.ts'
import type { Split } from '../data/index.ts'
import {
  createPreprocessing,
  inputFeatures,
  preprocessingFingerprint,
  summarizeFeatures,
} from '../image/index.ts'
import type { Weights } from '../nn/index.ts'
import type { Run } from '../tracking/index.ts'
import { writeWeights } from './checkpoint.ts'
import { inferenceModel, modelSize, modelSpec } from './model-spec.ts'
import { referenceRows } from './reference-rows.ts'
import { validate } from './validation.ts'
import { weightDigest } from './weights.ts'
import { writeReference } from './write-reference.ts'

/** The temperature that calibrates logits [N, classes], given the labels. */
export type FitTemperature = (logits: Float32Array, labels: Int32Array, classes: number) => number

export interface ExportOptions {
  readonly run: Run
  readonly config: Config
  readonly dataset: DatasetManifest
  readonly weights: Weights
  /** The validation split: reference of the input features and of the calibration. */
  readonly val: Split
  readonly best: BestEpoch
  readonly fitTemperature: FitTemperature
  /** Name and version of the program: `atelier 0.1.0`. */
  readonly producer: string
  readonly clock: Clock
}

/** Writes the run's model.onnx, manifest inside, its weights.safetensors and its reference rows. */
export async function exportBundle(options: ExportOptions): Promise<BundleManifest> {
  const { run, config, dataset, weights, val } = options
  const logits = await validationLogits(options)
  const temperature = options.fitTemperature(logits, val.labels, dataset.classes.length)
  const manifest = bundleManifestSchema.parse(describe(options, temperature))
  const json = JSON.stringify(manifest)
  const model = inferenceModel(modelSpec(config, dataset), weights, {
    metadata: { [BUNDLE_MANIFEST_KEY]: json },
    temperature,
  })
  await writeReference(run, referenceRows(val, logits, manifest))
  await writeWeights(run.files.weights, weights, { [BUNDLE_MANIFEST_KEY]: json })
  await writeFileAtomic(run.files.model, model)
  return manifest
}

function describe(options: ExportOptions, temperature: number): BundleManifest {
  const { run, config, dataset, weights, val, best } = options
  const preprocessing = createPreprocessing(dataset.geometry, dataset.normalization)
  return {
    format: 'atelier-model',
    version: 1,
    created: new Date(options.clock.now()).toISOString(),
    producer: options.producer,
    run_id: run.record.id,
    architecture: config.model.type,
    parameters: modelSize(config, dataset),
    classes: [...dataset.classes],
    preprocessing,
    preprocessing_fingerprint: preprocessingFingerprint(preprocessing),
    dataset: { name: dataset.name, digest: dataset.digest },
    config_digest: digestOf(config),
    seed: config.seed,
    weight_digest: weightDigest(weights),
    metrics: best,
    temperature,
    calibrated: true,
    reference_features: summarizeFeatures(inputFeatures(val.images, val.size)),
  }
}

async function validationLogits(options: ExportOptions): Promise<Float32Array> {
  const { config, dataset, weights, val } = options
  const { threads, eval_batch_size: batchSize } = config.trainer
  const { logits } = await validate(modelSpec(config, dataset), weights, val, {
    threads,
    batchSize,
  })
  return logits
}
