import { z } from 'zod'
import { gateSchema } from './registry-config.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** What the gate looks at. The first four need no other model. */
export const gateCheckNameSchema = z.enum([
  // the candidate was trained on the data set whose validation images are used
  'data',
  'accuracy',
  'class_recall',
  'calibration',
  // the current model takes the same images and gives the same classes
  'comparable',
  'accuracy_difference',
  'mcnemar',
  'class_recall_drop',
  'latency',
  'size',
])
export type GateCheckName = z.infer<typeof gateCheckNameSchema>

const checkSchema = z.strictObject({
  check: gateCheckNameSchema,
  passed: z.boolean(),
  /** What is compared with the limit; null where there is no number to compare. */
  value: z.number().nullable(),
  limit: z.number().nullable(),
  candidate: z.number().nullable(),
  current: z.number().nullable(),
  /** The class that decides, or why there is no number. */
  subject: z.string().nullable(),
})
export type GateCheck = z.infer<typeof checkSchema>

const judgedModelSchema = z.strictObject({
  version: z.int().positive(),
  sha256: digest,
  bytes: z.int().positive(),
  accuracy: z.number(),
  /** By class, in the order of `classes`; null without images of the class. */
  recall: z.array(z.number().nullable()),
  /** Expected calibration error of the probabilities as they are served. */
  ece: z.number(),
  /** Median over runs of one image each, milliseconds; null: not measured. */
  latency_ms: z.number().nullable(),
})
export type JudgedModel = z.infer<typeof judgedModelSchema>

/** Of the images on which exactly one of the two models was right. */
const mcnemarSchema = z.strictObject({
  candidate_only: z.int().nonnegative(),
  current_only: z.int().nonnegative(),
  /** Two-sided: how likely a difference of this size is between models that are equally good. */
  exact_p: z.number(),
  mid_p: z.number(),
})
export type McNemarResult = z.infer<typeof mcnemarSchema>

/** Accuracy of the candidate minus that of the current model. */
const differenceSchema = z.strictObject({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  /** 0.95: the share of such intervals that hold the true difference. */
  level: z.number(),
})
export type DifferenceInterval = z.infer<typeof differenceSchema>

/** What the gate found before an alias was moved, and by which rules. */
export const gateVerdictSchema = z.strictObject({
  format: z.literal('atelier-gate'),
  version: z.literal(1),
  created: z.iso.datetime(),
  passed: z.boolean(),
  model: z.string(),
  alias: z.string(),
  dataset: z.strictObject({
    name: z.string(),
    digest: z.string(),
    /** The test split is never used to choose. */
    split: z.literal('val'),
    size: z.int().positive(),
  }),
  classes: z.array(z.string()),
  candidate: judgedModelSchema,
  /** The model the alias points to; null where there is none, or it cannot be compared. */
  current: judgedModelSchema.nullable(),
  mcnemar: mcnemarSchema.nullable(),
  difference: differenceSchema.nullable(),
  checks: z.array(checkSchema).min(1),
  rules: gateSchema,
})
export type GateVerdict = z.infer<typeof gateVerdictSchema>
