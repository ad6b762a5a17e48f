import { z } from 'zod'
import type { ParameterValue } from './definition/distribution.ts'

const place = {
  /** Milliseconds since 1970. */
  time: z.number(),
  /** Counted from 0. */
  trial: z.int().nonnegative(),
  /** Which of the seeds, counted from 0. */
  repeat: z.int().nonnegative(),
}

/** The first line: what was asked for on the command line, for `sweep resume`. */
const requestSchema = z.strictObject({
  type: z.literal('sweep'),
  version: z.literal(1),
  time: z.number(),
  id: z.string(),
  /** Base name of the sweep file. */
  file: z.string(),
  seed: z.int().nonnegative(),
  workers: z.int().positive(),
  repeats: z.int().positive(),
  /** `trainer.threads` of every trial; null: as the configuration says. */
  threads: z.int().positive().nullable(),
  /** For every trial, before its own parameters. */
  overrides: z.array(z.string()),
  /** Which configuration files the trials compose from. */
  config: z.strictObject({
    name: z.string().optional(),
    path: z.string().optional(),
    folders: z.array(z.string()).optional(),
  }),
  strict: z.boolean(),
  reuse: z.boolean(),
})
export type SweepRequest = z.infer<typeof requestSchema>

const parameterSchema: z.ZodType<ParameterValue> = z.json()

/** Parameters were chosen. */
const trialEventSchema = z.strictObject({
  type: z.literal('trial'),
  time: z.number(),
  trial: z.int().nonnegative(),
  params: z.record(z.string(), parameterSchema),
})

/** A process was started. */
const startEventSchema = z.strictObject({
  type: z.literal('start'),
  ...place,
  pid: z.int().positive(),
  /** Tells the process from a later one of the same id; see `processIdentity`. */
  identity: z.string(),
  host: z.string(),
})

/** The run that the process made was found. */
const runEventSchema = z.strictObject({ type: z.literal('run'), ...place, run: z.string() })

/** Its process ended at our wish before the run was complete; `sweep resume` continues it. */
const stopEventSchema = z.strictObject({ type: z.literal('stop'), ...place })

const endEventSchema = z.strictObject({
  type: z.literal('end'),
  ...place,
  status: z.enum(['completed', 'failed', 'pruned']),
  run: z.string().nullable(),
  /** The run was there before: nothing was trained. */
  reused: z.boolean(),
  /** Of the run as a whole; null where it logged none. */
  metric: z.number().nullable(),
  /** Each value that was logged, in order. */
  history: z.array(z.number()),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** From the start of the process to its end, over all attempts. */
  seconds: z.number().nonnegative(),
})

/** Failed trials are to be tried again. */
const retryEventSchema = z.strictObject({ type: z.literal('retry'), ...place })

/** One line of `trials.jsonl`. */
export const journalLineSchema = z.discriminatedUnion('type', [
  requestSchema,
  trialEventSchema,
  startEventSchema,
  runEventSchema,
  stopEventSchema,
  endEventSchema,
  retryEventSchema,
])
export type SweepEvent = z.infer<typeof journalLineSchema>
export type EndEvent = z.infer<typeof endEventSchema>

/** How far a trial that runs has come. It is read anew after a restart, so no line tells of it. */
export interface ProgressEvent {
  readonly type: 'progress'
  readonly trial: number
  readonly repeat: number
  readonly history: readonly number[]
  readonly step: number
  /** Null where it is not known. */
  readonly steps: number | null
}
