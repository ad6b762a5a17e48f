import { z } from 'zod'

export const registryEventNameSchema = z.enum([
  'model.registered',
  // a version became `staging`
  'model.staged',
  'model.promoted',
  'model.rolled_back',
])
export type RegistryEventName = z.infer<typeof registryEventNameSchema>

/** What a webhook is sent: one line of the registry's history, with the version it is about. */
export const registryEventSchema = z.strictObject({
  format: z.literal('atelier-event'),
  version: z.literal(1),
  /** The same however often it is sent, and to whom. */
  id: z.uuid(),
  event: registryEventNameSchema,
  time: z.iso.datetime(),
  actor: z.string(),
  reason: z.string().nullable(),
  /** Number and hash of the history's entry. */
  sequence: z.int().positive(),
  hash: z.string(),
  model: z.strictObject({
    name: z.string(),
    version: z.int().positive(),
    uri: z.string(),
    sha256: z.string(),
    bytes: z.int().positive(),
    run_id: z.string(),
  }),
  alias: z.string().nullable(),
  previous_version: z.int().positive().nullable(),
})
export type RegistryEvent = z.infer<typeof registryEventSchema>
