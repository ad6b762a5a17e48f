import { z } from 'zod'
import { driftLevelSchema } from './drift-report.ts'

const share = z.number().min(0).max(1)
const count = z.int().nonnegative()
const time = z.iso.datetime()

/** What a check found of the window that `monitoring.check_window` names. */
export const driftCheckSchema = z.strictObject({
  time,
  model: z
    .strictObject({ name: z.string(), version: z.int().nullable(), sha256: z.string() })
    .nullable(),
  verdict: driftLevelSchema,
  reason: z.string(),
  p: share,
  rows: count,
  /** Of the window: its first and its last prediction. */
  first: time.nullable(),
  last: time.nullable(),
  /** Of features, confidence and class mix: Cliff's delta, or total variation. */
  effects: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      effect: z.number().min(-1).max(1),
      drifted: z.boolean(),
    }),
  ),
  live: z.strictObject({ accuracy: share, low: share, high: share, labelled: count }).nullable(),
  /** The code of what kept the check from being made. */
  failure: z.string().nullable(),
})
export type DriftCheck = z.infer<typeof driftCheckSchema>
