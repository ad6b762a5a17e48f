import { z } from 'zod'

const fraction = z.number().min(0).max(1)

export const registrySchema = z.strictObject({
  name: z.string().min(1).describe('Name under which models are registered when none is given.'),
  store: z
    .string()
    .min(1)
    .describe('Where registered model files are kept: a folder, or a gs:// or s3:// URL.'),
  protected_aliases: z
    .array(z.string().min(1))
    .describe('Aliases that only `models promote` and `models rollback` move.'),
})

/** What a candidate must show against the model that the alias points to. */
export const gateSchema = z.strictObject({
  alpha: fraction
    .gt(0)
    .lt(1)
    .describe("Significance level of McNemar's test; 1 - alpha is the level of the interval."),
  min_accuracy: fraction.describe('Lowest validation accuracy of a candidate.'),
  max_accuracy_drop: fraction.describe(
    'Largest accuracy loss against the current model that the interval may still allow.',
  ),
  min_class_recall: fraction.describe('Lowest recall of any class.'),
  max_class_recall_drop: fraction.describe('Largest recall loss of any class.'),
  max_ece: fraction.describe('Largest expected calibration error.'),
  max_latency_ratio: z
    .number()
    .positive()
    .describe('Largest median time for one image, as a multiple of that of the current model.'),
  max_size_ratio: z
    .number()
    .positive()
    .describe('Largest file size, as a multiple of the current model.'),
  bootstrap_samples: z.int().min(100).max(100_000).describe('Resamples of the bootstrap interval.'),
  seed: z.int().nonnegative().describe('Seed of the bootstrap.'),
})
export type GateConfig = z.infer<typeof gateSchema>
