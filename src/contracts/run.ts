import { z } from 'zod'

const bestEpochSchema = z.strictObject({
  /** Counted from 1. */
  epoch: z.int().positive(),
  val_loss: z.number(),
  val_accuracy: z.number(),
})
export type BestEpoch = z.infer<typeof bestEpochSchema>

/** A file of a run, by its path inside the run folder, with forward slashes. */
export const artifactSchema = z.strictObject({
  path: z.string().min(1),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Artifact = z.infer<typeof artifactSchema>

/** The code a run was started from. The difference to the commit, if any, is in `git.diff`. */
const gitSchema = z.strictObject({
  commit: z.string(),
  branch: z.string().nullable(),
  remote: z.string().nullable(),
  dirty: z.boolean(),
})

/** Where and with what a run computed: what has to be alike for the same weights to come out. */
const environmentSchema = z.strictObject({
  node: z.string(),
  /** `linux-x64`. */
  platform: z.string(),
  host: z.string(),
  cpu: z.string(),
  cores: z.int().positive(),
  memory_bytes: z.int().positive(),
  /** Versions by package: atelier, onnxruntime-node, sharp. */
  libraries: z.record(z.string(), z.string()),
})
export type RunEnvironment = z.infer<typeof environmentSchema>

export const runStatusSchema = z.enum([
  'running',
  'completed',
  'interrupted',
  'failed',
  // its process is gone: no heartbeat for a while, or nobody holds its lock
  'crashed',
])
export type RunStatus = z.infer<typeof runStatusSchema>

/**
 * `run.json`: what a run is and how it stands. Its metrics are in `metrics.jsonl` beside it. What
 * only `atelier train` knows is null in a run that a program logged by itself.
 */
export const runRecordSchema = z.strictObject({
  format: z.literal('atelier-run'),
  version: z.literal(2),
  id: z.string(),
  project: z.string().min(1),
  status: runStatusSchema,
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  /** Time spent computing, over all resumptions. */
  seconds: z.number().nonnegative(),
  architecture: z.string().nullable(),
  parameters: z.int().positive().nullable(),
  seed: z.int().nonnegative().nullable(),
  dataset: z.strictObject({ name: z.string(), digest: z.string() }).nullable(),
  config_digest: z.string(),
  epochs: z.int().positive().nullable(),
  /** Optimizer steps done at the last checkpoint; the last step logged. */
  step: z.int().nonnegative(),
  /** Chosen on the validation split. */
  best: bestEpochSchema.nullable(),
  /** Of the exported model; null until there is one. */
  weight_digest: z.string().nullable(),
  /** How often this run's model was judged on the test split. */
  test_looks: z.int().nonnegative(),
  /** Why it failed. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** One number per metric: of training, the values of the best epoch; else the last one logged. */
  summary: z.record(z.string(), z.number()),
  tags: z.array(z.string()),
  notes: z.string(),
  /** The command line, word by word. */
  command: z.array(z.string()),
  git: gitSchema.nullable(),
  environment: environmentSchema,
  sweep: z
    .strictObject({
      id: z.string(),
      trial: z.int().nonnegative(),
      /** Which of the trial's seeds, counted from 0. */
      repeat: z.int().nonnegative().default(0),
    })
    .nullable(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

const stepMetricsSchema = z.strictObject({
  type: z.literal('step'),
  /** Milliseconds since 1970. */
  time: z.number(),
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
  /** Milliseconds since 1970. */
  time: z.number(),
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

/** What a program logs by itself, and what the machine was doing: `system.cpu`, `system.memory`. */
const loggedMetricsSchema = z.strictObject({
  type: z.literal('log'),
  time: z.number(),
  step: z.int().nonnegative(),
  values: z.record(z.string(), z.number()),
})

/** One line of `metrics.jsonl`. */
export const metricsLineSchema = z.discriminatedUnion('type', [
  stepMetricsSchema,
  epochMetricsSchema,
  loggedMetricsSchema,
])
export type MetricsLine = z.infer<typeof metricsLineSchema>
