import { z } from 'zod'

/** The pixels a model takes: channels 1 (grey) or 3 (RGB). */
export const imageGeometrySchema = z.strictObject({
  height: z.int().min(4).max(1024).describe('Height in pixels.'),
  width: z.int().min(4).max(1024).describe('Width in pixels.'),
  channels: z.union([z.literal(1), z.literal(3)]).describe('1 for grey, 3 for RGB.'),
})
export type ImageGeometry = z.infer<typeof imageGeometrySchema>

/**
 * All that turns a decoded picture into the model's input. Its SHA-256 (canonical JSON) is the
 * fingerprint: two programs with equal fingerprints feed a model the same pixels.
 */
export const preprocessingSchema = z.strictObject({
  version: z.literal(1),
  geometry: imageGeometrySchema,
  /** How orientation tags of the file are treated. */
  orientation: z.literal('apply'),
  /** Luma weights of `grey` are PIL's: (19595 R + 38470 G + 7471 B + 32768) >> 16. */
  color: z.enum(['grey', 'rgb']),
  /** PIL's BILINEAR: antialiased triangle filter in fixed point, stretched to the geometry. */
  resize: z.literal('bilinear-antialias'),
  /** Done inside the model graph, per channel: (pixel / 255 − mean) / std. */
  normalization: z.strictObject({ mean: z.array(z.number()), std: z.array(z.number()) }),
})
export type Preprocessing = z.infer<typeof preprocessingSchema>

/** The spread of one number over a set of images; `std` is the population's. */
export const featureSummarySchema = z.strictObject({
  mean: z.number(),
  std: z.number(),
  min: z.number(),
  max: z.number(),
})
export type FeatureSummary = z.infer<typeof featureSummarySchema>

/** Per image, pixels scaled to [-1, 1]: their mean and their population standard deviation. */
export const inputFeatureSummarySchema = z.strictObject({
  avg_brightness: featureSummarySchema,
  contrast: featureSummarySchema,
})
export type InputFeatureSummary = z.infer<typeof inputFeatureSummarySchema>
