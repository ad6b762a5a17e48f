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
import { validate } from './validation.ts'
import { weightDigest } from './weights.ts'

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

/** Writes the run's model.onnx, manifest inside, and its weights.safetensors. */
export async function exportBundle(options: ExportOptions): Promise<BundleManifest> {
  const { run, config, dataset, weights } = options
  const manifest = bundleManifestSchema.parse(await describe(options))
  const json = JSON.stringify(manifest)
  const model = inferenceModel(modelSpec(config, dataset), weights, {
    metadata: { [BUNDLE_MANIFEST_KEY]: json },
    temperature: manifest.temperature,
  })
  await writeWeights(run.files.weights, weights, { [BUNDLE_MANIFEST_KEY]: json })
  await writeFileAtomic(run.files.model, model)
  return manifest
}

async function describe(options: ExportOptions): Promise<BundleManifest> {
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
    temperature: await fittedTemperature(options),
    calibrated: true,
    reference_features: summarizeFeatures(inputFeatures(val.images, val.size)),
  }
}

async function fittedTemperature(options: ExportOptions): Promise<number> {
  const { config, dataset, weights, val } = options
  const { threads, eval_batch_size: batchSize } = config.trainer
  const spec = modelSpec(config, dataset)
  const { logits } = await validate(spec, weights, val, { threads, batchSize })
  return options.fitTemperature(logits, val.labels, dataset.classes.length)
}
