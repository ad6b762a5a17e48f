import { z } from 'zod'

/**
 * `reference.safetensors` of a run: what the model made of held-out images, a row each, to hold live
 * predictions against. Its metadata has this header as JSON under `REFERENCE_HEADER_KEY`, and its
 * tensors are, N images and K classes:
 *
 * - `feature.NAME`, float64 [N], for each name of `features`: of the pixels the model saw
 * - `label` and `predicted`, int32 [N]: indices into `classes`
 * - `confidence`, float32 [N]: probability of the predicted class
 * - `probabilities`, float32 [N, K]: as served
 *
 * `reference_features.csv` beside it has the same rows to read.
 */
export const referenceHeaderSchema = z.strictObject({
  format: z.literal('atelier-reference'),
  version: z.literal(1),
  run_id: z.string(),
  weight_digest: z.string(),
  dataset: z.strictObject({ name: z.string(), digest: z.string() }),
  /** Where the images are from: never the test split. */
  split: z.literal('val'),
  classes: z.array(z.string()),
  features: z.array(z.string()),
})
export type ReferenceHeader = z.infer<typeof referenceHeaderSchema>

export const REFERENCE_HEADER_KEY = 'atelier.reference'

/** Prefix of the tensors that hold features. */
export const REFERENCE_FEATURE = 'feature.'

/** The rows in memory, column by column. */
export interface ReferenceRows {
  readonly header: ReferenceHeader
  readonly count: number
  /** By name, in the header's order; [count] each. */
  readonly features: Readonly<Record<string, Float64Array<ArrayBuffer>>>
  readonly labels: Int32Array<ArrayBuffer>
  readonly predicted: Int32Array<ArrayBuffer>
  readonly confidence: Float32Array<ArrayBuffer>
  /** [count, classes] */
  readonly probabilities: Float32Array<ArrayBuffer>
}
