import { z } from 'zod'

const bestEpochSchema = z.strictObject({
  /** Counted from 1. */
  epoch: z.int().positive(),
  val_loss: z.number(),
  val_accuracy: z.number(),
})
export type BestEpoch = z.infer<typeof bestEpochSchema>

/** `run.json`: what a run is and how it stands. The metrics are in `metrics.jsonl` beside it. */
export const runRecordSchema = z.strictObject({
  format: z.literal('atelier-run'),
  version: z.literal(1),
  id: z.string(),
  status: z.enum(['running', 'completed', 'interrupted', 'failed']),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  /** Time spent training, over all resumptions. */
  seconds: z.number().nonnegative(),
  architecture: z.string(),
  parameters: z.int().positive(),
  seed: z.int().nonnegative(),
  dataset: z.strictObject({ name: z.string(), digest: z.string() }),
  config_digest: z.string(),
  epochs: z.int().positive(),
  /** Optimizer steps done at the last checkpoint. */
  step: z.int().nonnegative(),
  /** Chosen on the validation split. */
  best: bestEpochSchema.nullable(),
  /** Of the exported model; null until there is one. */
  weight_digest: z.string().nullable(),
  /** How often this run's model was judged on the test split. */
  test_looks: z.int().nonnegative(),
  /** Why it failed. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

const stepMetricsSchema = z.strictObject({
  type: z.literal('step'),
  /** Optimizer steps done, counted from 1. */
  step: z.int().positive(),
  /** Counted from 1. */
  epoch: z.int().positive(),
  /** Mean cross-entropy of the batch, nats. */
  loss: z.number(),
  /** Of the batch, before the update. */
  accuracy: z.number(),
  learning_rate: z.number(),
})
export type StepMetrics = z.infer<typeof stepMetricsSchema>

const epochMetricsSchema = z.strictObject({
  type: z.literal('epoch'),
  epoch: z.int().positive(),
  /** The last step of the epoch. */
  step: z.int().positive(),
  /** Means over the epoch's batches, as they were seen. */
  train_loss: z.number(),
  train_accuracy: z.number(),
  val_loss: z.number(),
  val_accuracy: z.number(),
  /** Whether it was the best epoch so far. */
  best: z.boolean(),
  /** Training alone, without the validation. */
  seconds: z.number(),
  images_per_second: z.number(),
})
export type EpochMetrics = z.infer<typeof epochMetricsSchema>

/** One line of `metrics.jsonl`. */
export const metricsLineSchema = z.discriminatedUnion('type', [
  stepMetricsSchema,
  epochMetricsSchema,
])
export type MetricsLine = z.infer<typeof metricsLineSchema>
