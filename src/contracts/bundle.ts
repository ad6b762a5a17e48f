import { z } from 'zod'
import { inputFeatureSummarySchema, preprocessingSchema } from './image.ts'

/** The manifest inside `model.onnx`, under the metadata key `atelier.manifest`. */
export const bundleManifestSchema = z.strictObject({
  format: z.literal('atelier-model'),
  version: z.literal(1),
  created: z.iso.datetime(),
  producer: z.string(),
  run_id: z.string(),
  architecture: z.string(),
  parameters: z.int().positive(),
  classes: z.array(z.string()).min(2),
  preprocessing: preprocessingSchema,
  preprocessing_fingerprint: z.string(),
  dataset: z.strictObject({ name: z.string(), digest: z.string() }),
  config_digest: z.string(),
  seed: z.int().nonnegative(),
  /** SHA-256 over names, shapes and float32 bytes of the weights. */
  weight_digest: z.string(),
  /** On the validation split; the test split is never looked at to make a model. */
  metrics: z.strictObject({ epoch: z.number(), val_loss: z.number(), val_accuracy: z.number() }),
  /** Divide the logits by this for calibrated probabilities; fitted on the validation split. */
  temperature: z.number().positive(),
  /**
   * Whether `probabilities` are softmax(logits / temperature). Files made before this was told have
   * softmax(logits), and are served as they are.
   */
  calibrated: z.boolean().default(false),
  /** Input features of the validation split, pixels scaled to [-1, 1]. */
  reference_features: inputFeatureSummarySchema,
})
export type BundleManifest = z.infer<typeof bundleManifestSchema>

/** Names of the bundle's graph input and outputs. */
export const BUNDLE_IO = {
  /** uint8 [N, C, H, W] */
  images: 'images',
  /** float32 [N, classes]: what is served. The largest is where the largest logit is. */
  probabilities: 'probabilities',
  /** float32 [N, classes], uncalibrated; of a model with `mirror`, the mean over both directions. */
  logits: 'logits',
  /** float32 [N, features]: the input of the last dense layer. */
  embedding: 'embedding',
} as const

export const BUNDLE_MANIFEST_KEY = 'atelier.manifest'
