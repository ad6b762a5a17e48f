import { z } from 'zod'

const scoresSchema = z.strictObject({
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.int(),
})

/** One bar of a reliability diagram: predictions with a confidence in (low, high]. */
const reliabilityBinSchema = z.strictObject({
  low: z.number(),
  high: z.number(),
  count: z.int(),
  confidence: z.number(),
  accuracy: z.number(),
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
    seed: z.int(),
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
  /** Mean cross-entropy in nats of softmax(logits): what training minimizes and validation reports. */
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
  /** Of softmax(logits), and `_calibrated` of softmax(logits / temperature). */
  calibration: z.strictObject({
    /** Which of the two the model answers with. */
    served: z.enum(['raw', 'calibrated']),
    /** Fitted on the validation split when the model was made. */
    temperature: z.number().positive(),
    /** Expected calibration error: 15 equal-width bins of the predicted class's confidence. */
    ece: z.number(),
    ece_calibrated: z.number(),
    /** Mean over images of the squared error summed over classes, 0 to 2. */
    brier: z.number(),
    brier_calibrated: z.number(),
    /** Mean negative log-likelihood in nats; the one without calibration is `loss`. */
    nll_calibrated: z.number(),
    bins: z.array(reliabilityBinSchema),
    bins_calibrated: z.array(reliabilityBinSchema),
  }),
})
export type EvaluationReport = z.infer<typeof evaluationReportSchema>
