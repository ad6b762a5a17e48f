import { z } from 'zod'
import type { RunRecord } from '../contracts/index.ts'

const text = z.string()
const name = text.min(1)

const wandbSettingsSchema = z.strictObject({
  tracker: z.literal('wandb'),
  mode: z.enum(['offline', 'online']),
  /** Absolute; holds `wandb/`. */
  folder: name,
  /** Of the server, without a slash at its end. */
  baseUrl: name,
  /** Empty: the default of the key's owner. */
  entity: text,
  project: name,
  runId: name,
  name,
  group: text,
  jobType: text,
  notes: text,
  tags: z.array(name),
  sweepId: text,
  model: z.boolean(),
})
export type WandbSettings = z.infer<typeof wandbSettingsSchema>

const mlflowSettingsSchema = z.strictObject({
  tracker: z.literal('mlflow'),
  /** Without credentials, and without a slash at its end. */
  uri: name,
  experiment: name,
  model: z.boolean(),
  /** Registered model; null: none. */
  register: name.nullable(),
  alias: name.nullable(),
})
export type MlflowSettings = z.infer<typeof mlflowSettingsSchema>

const tensorboardSettingsSchema = z.strictObject({
  tracker: z.literal('tensorboard'),
  /** Absolute; the run's own. */
  folder: name,
})
export type TensorboardSettings = z.infer<typeof tensorboardSettingsSchema>

/** What has to be known of a run to say where it goes. */
export type TrackedRecord = Pick<RunRecord, 'id' | 'sweep'>

/** Where one run goes at one tracker. Kept in the run's folder, so never a secret. */
export const trackerSettingsSchema = z.discriminatedUnion('tracker', [
  wandbSettingsSchema,
  mlflowSettingsSchema,
  tensorboardSettingsSchema,
])
export type TrackerSettings = z.infer<typeof trackerSettingsSchema>
export type TrackerName = TrackerSettings['tracker']
