import { z } from 'zod'
import { imageGeometrySchema, inputFeatureSummarySchema } from './image.ts'

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

const splitSchema = z.strictObject({
  /** File name inside the data set's folder. */
  file: z.string(),
  size: z.int().nonnegative(),
  /** Images per class, in the order of `classes`. */
  class_counts: z.array(z.int().nonnegative()),
  sha256: sha256Schema,
  /** Per channel, pixels scaled to [0, 1]. */
  pixels: z.strictObject({ mean: z.array(z.number()), std: z.array(z.number()) }),
  features: inputFeatureSummarySchema,
})
export type SplitManifest = z.infer<typeof splitSchema>

/** `dataset.json`: what a prepared data set is. Pixels are uint8 [N, C, H, W], labels int32 [N]. */
export const datasetManifestSchema = z.strictObject({
  format: z.literal('atelier-dataset'),
  version: z.literal(1),
  name: z.string().min(1),
  classes: z.array(z.string().min(1)).min(2),
  geometry: imageGeometrySchema,
  split_seed: z.int().nonnegative(),
  splits: z.strictObject({ train: splitSchema, val: splitSchema, test: splitSchema }),
  /** Per channel, of the training split, pixels scaled to [0, 1]; `std` is the population's. */
  normalization: z.strictObject({ mean: z.array(z.number()), std: z.array(z.number().positive()) }),
  /** SHA-256 over the parts above: the identity of the data set. */
  digest: sha256Schema,
  /** SHA-256 of the settings it was made with; other settings make the data stale. */
  source_digest: sha256Schema,
  /** SHA-256 over names, sizes and times of the input files; null where the settings pin them. */
  inputs_digest: sha256Schema.nullable(),
})
export type DatasetManifest = z.infer<typeof datasetManifestSchema>
export type SplitName = keyof DatasetManifest['splits']
