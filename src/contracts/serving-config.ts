import { z } from 'zod'

const positiveInt = z.int().positive()

export const servingSchema = z.strictObject({
  host: z.string().min(1).describe('Address to listen at; others than loopback need a token.'),
  port: z.int().min(0).max(65535).describe('Port to listen at; PORT goes before it, 0 takes any.'),
  workers: positiveInt
    .max(256)
    .nullable()
    .describe('Threads that run the model; null: one for each core but one, at least one.'),
  max_batch: positiveInt.max(256).describe('Most images in one execution of the model.'),
  queue_batches: positiveInt
    .max(1024)
    .describe('Full batches per worker that may wait; what comes on top is answered with 503.'),
  deadline_ms: positiveInt.describe(
    'A request that waits longer for the model is answered with 503.',
  ),
  max_files: positiveInt.max(1000).describe('Most files in one batch request.'),
  max_file_bytes: positiveInt.describe('Largest file of a request.'),
  max_request_bytes: positiveInt.describe('Largest body of a request, all parts together.'),
  max_pixels: positiveInt.describe('Most pixels of a picture, width times height.'),
  request_timeout_ms: positiveInt.describe('Longest time a client may take to send its request.'),
  rate_limit: positiveInt
    .nullable()
    .describe('Requests per minute and address for other routes than loopback; null: no limit.'),
  protect_predict: z.boolean().describe('Whether predictions need the token as well.'),
  alias_seconds: z
    .number()
    .positive()
    .describe('Seconds between looks whether the alias points to another version.'),
  drain_seconds: z.number().positive().describe('Longest wait for open requests at the end.'),
})
export type ServingConfig = z.infer<typeof servingSchema>
