import { z } from 'zod'

const scoresSchema = z.strictObject({
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.int(),
})

/** `report.json`: the result of evaluating one model on one split. */
export const evaluationReportSchema = z.strictObject({
  format: z.literal('atelier-evaluation'),
  version: z.literal(1),
  created: z.iso.datetime(),
  model: z.strictObject({
    source: z.string(),
    sha256: z.string(),
    run_id: z.string(),
    architecture: z.string(),
    parameters: z.int(),
    weight_digest: z.string(),
  }),
  dataset: z.strictObject({
    name: z.string(),
    digest: z.string(),
    split: z.enum(['val', 'test']),
    size: z.int(),
  }),
  /** The how-many-th look at this data set's test split this is, and how many this run took. */
  test_looks: z.strictObject({ dataset: z.int(), run: z.int() }).nullable(),
  classes: z.array(z.string()),
  /** Interval: Wilson score, 95 %. */
  accuracy: z.strictObject({ value: z.number(), low: z.number(), high: z.number() }),
  /** Mean cross-entropy in nats. */
  loss: z.number(),
  per_class: z.array(scoresSchema),
  macro_average: scoresSchema,
  weighted_average: scoresSchema,
  /** [true class][predicted class] counts. */
  confusion_matrix: z.array(z.array(z.int())),
  top_confusions: z.array(
    z.strictObject({
      actual: z.string(),
      predicted: z.string(),
      count: z.int(),
      share: z.number(),
    }),
  ),
  calibration: z.strictObject({
    ece: z.number(),
    brier: z.number(),
    temperature: z.number(),
    ece_calibrated: z.number(),
  }),
})
export type EvaluationReport = z.infer<typeof evaluationReportSchema>
