import { z } from 'zod'
import { evaluationReportSchema } from './evaluation.ts'

/** The corruptions of CIFAR-10-C, in its order: noise, blur, weather, digital. */
export const corruptionNames = [
  'gaussian_noise',
  'shot_noise',
  'impulse_noise',
  'defocus_blur',
  'glass_blur',
  'motion_blur',
  'zoom_blur',
  'snow',
  'frost',
  'fog',
  'brightness',
  'contrast',
  'elastic_transform',
  'pixelate',
  'jpeg_compression',
] as const
export const corruptionNameSchema = z.enum(corruptionNames)
export type CorruptionName = z.infer<typeof corruptionNameSchema>

/** From barely seen to severe. */
export const severities = [1, 2, 3, 4, 5] as const
export type Severity = (typeof severities)[number]

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/)

/** Of the probabilities as the model answers them. */
const scoresSchema = z.strictObject({
  accuracy: z.number(),
  /** Expected calibration error. */
  ece: z.number(),
  /** Mean negative log-likelihood, nats. */
  nll: z.number(),
  brier: z.number(),
})

/** Error rates of a model: on the clean images, and by corruption, a number for each severity. */
const errorTableSchema = z.strictObject({
  clean: z.number(),
  corrupted: z.record(corruptionNameSchema, z.array(z.number()).length(severities.length)),
})
export type ErrorTable = z.infer<typeof errorTableSchema>

/** `robustness.json`: how one model does on corrupted copies of a split. Errors are shares, 0 to 1. */
export const robustnessReportSchema = z.strictObject({
  format: z.literal('atelier-robustness'),
  version: z.literal(1),
  created: z.iso.datetime(),
  model: evaluationReportSchema.shape.model,
  /** `size` is how many of its images were corrupted and judged. */
  dataset: evaluationReportSchema.shape.dataset,
  test_looks: evaluationReportSchema.shape.test_looks,
  /** Of the probabilities that were judged; 1 for a model that answers with the plain softmax. */
  temperature: z.number().positive(),
  /** Of the corruptions. */
  seed: z.int().nonnegative(),
  clean: scoresSchema,
  corruptions: z.array(
    z.strictObject({
      name: corruptionNameSchema,
      family: z.enum(['noise', 'blur', 'weather', 'digital']),
      severities: z.array(
        scoresSchema.extend({
          severity: z.int().min(1).max(severities.length),
          /** Of the corrupted pixels, uint8 [N, C, H, W]: equal numbers were judged on equal images. */
          sha256: sha256Schema,
        }),
      ),
      /** Error over that of the reference, all severities together: 1 is as often wrong. */
      ce: z.number().nullable(),
      /** The same of what the corruption adds to the clean error; null where it adds none to the reference's. */
      relative_ce: z.number().nullable(),
    }),
  ),
  /** Means over all corruptions and severities. */
  mean: scoresSchema,
  /** One minus the mean accuracy: the mean corruption error without a reference. */
  unnormalized_mce: z.number(),
  /** Mean of `ce`; null without a reference. */
  mce: z.number().nullable(),
  /** Mean of `relative_ce` where there is one. */
  relative_mce: z.number().nullable(),
  /** The model that errors are measured by; null when there was none for these images. */
  reference: z
    .strictObject({
      /** A run, or what the stored errors are of. */
      name: z.string(),
      weight_digest: z.string(),
      errors: errorTableSchema,
    })
    .nullable(),
})
export type RobustnessReport = z.infer<typeof robustnessReportSchema>

/** `manifest.json` beside stored corrupted sets: what they were made of, and the bytes they must have. */
export const corruptedSetsSchema = z.strictObject({
  format: z.literal('atelier-corrupted-sets'),
  /** Raised when a corruption changes what it does. */
  version: z.literal(1),
  dataset: z.strictObject({ name: z.string(), digest: z.string() }),
  split: z.enum(['val', 'test']),
  images: z.int().positive(),
  /** SHA-256 of the clean pixels. */
  clean_sha256: sha256Schema,
  seed: z.int().nonnegative(),
  /** By `name-severity`: SHA-256 of the pixels, uint8 [N, C, H, W]. */
  sets: z.record(z.string(), sha256Schema),
})
export type CorruptedSetsManifest = z.infer<typeof corruptedSetsSchema>
