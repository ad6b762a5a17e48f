import { z } from 'zod'
import { imageGeometrySchema } from './image.ts'

/** Bodies of the inference service: they validate, type the page's client, and make the OpenAPI document. */
const probability = z.number().min(0).max(1)
const probabilities = z.record(z.string(), probability)

/** The model that answered. */
export const servedModelSchema = z.object({
  name: z.string().describe('Registered name, or the run that made it.'),
  version: z.int().nullable().describe('Registered version; null for a plain model file.'),
  sha256: z.string().describe('Of the model file.'),
})
export type ServedModel = z.infer<typeof servedModelSchema>

export const rootAnswerSchema = z.object({
  message: z.string(),
  model_loaded: z.boolean(),
  classes: z.array(z.string()),
})
export type RootAnswer = z.infer<typeof rootAnswerSchema>

export const healthAnswerSchema = z.object({
  status: z.enum(['healthy', 'degraded']),
  model_loaded: z.boolean(),
  model_path: z.string().nullable().describe('Where the model came from, without credentials.'),
})
export type HealthAnswer = z.infer<typeof healthAnswerSchema>

export const readyAnswerSchema = z.object({ ready: z.boolean(), reason: z.string().optional() })
export type ReadyAnswer = z.infer<typeof readyAnswerSchema>

export const versionAnswerSchema = z.object({
  atelier: z.string(),
  node: z.string(),
  model: servedModelSchema.nullable(),
  fingerprint: z.string().nullable().describe('Of the preprocessing.'),
  geometry: z
    .object({ height: z.int(), width: z.int(), channels: z.int() })
    .nullable()
    .describe('The pixels the model takes.'),
})
export type VersionAnswer = z.infer<typeof versionAnswerSchema>

export const classesAnswerSchema = z.object({
  classes: z.array(z.string()),
  num_classes: z.int(),
})
export type ClassesAnswer = z.infer<typeof classesAnswerSchema>

export const modelInputSchema = imageGeometrySchema.extend({
  data: z.base64().describe('Bytes [channels, height, width], base64.'),
})
export type ModelInput = z.infer<typeof modelInputSchema>

export const predictAnswerSchema = z.object({
  predicted_class: z.string(),
  confidence: probability,
  all_probabilities: probabilities,
  prediction_id: z.string().describe('For POST /feedback.'),
  model: servedModelSchema,
  warnings: z.array(z.string()).optional().describe('What is odd about the picture.'),
  latency_ms: z
    .number()
    .nonnegative()
    .optional()
    .describe('From the arrival of the request to the answer of the model.'),
  model_input: modelInputSchema
    .optional()
    .describe('The very pixels the model saw; only with `?include=input`.'),
})
export type PredictAnswer = z.infer<typeof predictAnswerSchema>

export const batchResultSchema = z.union([
  z.object({
    filename: z.string(),
    predicted_class: z.string(),
    confidence: probability,
    prediction_id: z.string(),
  }),
  z.object({ filename: z.string(), error: z.string(), code: z.string() }),
])
export type BatchResult = z.infer<typeof batchResultSchema>

export const batchAnswerSchema = z.object({
  batch_size: z.int(),
  results: z.array(batchResultSchema),
  total_time_seconds: z.number(),
  model: servedModelSchema,
})
export type BatchAnswer = z.infer<typeof batchAnswerSchema>

export const feedbackBodySchema = z.strictObject({
  prediction_id: z.uuid(),
  label: z.string().min(1).max(200).describe('The true class.'),
})
export type FeedbackBody = z.infer<typeof feedbackBodySchema>

export const feedbackAnswerSchema = z.object({ prediction_id: z.string(), label: z.string() })
export type FeedbackAnswer = z.infer<typeof feedbackAnswerSchema>

export const serviceErrorSchema = z.object({ detail: z.string(), code: z.string() })
export type ServiceError = z.infer<typeof serviceErrorSchema>
