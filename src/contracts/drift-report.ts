import { z } from 'zod'

const share = z.number().min(0).max(1)
const count = z.int().nonnegative()
/** NaN and infinities, which JSON does not have, are null. */
const number = z.number().nullable()
const time = z.iso.datetime()

/**
 * `watch`: not proven, or too small to matter, or rows that repeat. `unjudged`: nothing was compared, or
 * nothing showed in rows too few for `ok` to mean anything.
 */
export const driftLevelSchema = z.enum(['ok', 'watch', 'drift', 'unjudged'])
export type DriftLevel = z.infer<typeof driftLevelSchema>

const measureSchema = z.strictObject({
  name: z.string(),
  /** `expected`: how far a feature is from what the class and the other features let expect. */
  kind: z.enum(['feature', 'expected', 'confidence', 'probability', 'class_mix']),
  /** Of this measure alone. */
  p: share,
  /** Chance that any measure moves as far when nothing has changed. */
  adjusted: share,
  drifted: z.boolean(),
  /** Largest share of rows that must have moved. */
  gap: share,
  effect: z.strictObject({
    name: z.enum(['cliffs_delta', 'total_variation']),
    value: z.number().min(-1).max(1),
  }),
  /** Medians; of the class mix, the shares of the class that changed most. */
  reference: number,
  current: number,
  changed: z.string().nullable(),
  /** Rows the window lacks for such a change to be found; null: found, or none would do. */
  more_rows: count.nullable(),
})

/** A column of numbers on both sides, as bars of equal width. */
const distributionSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['feature', 'confidence']),
  /** One more than there are bars; the outer bars hold what lies beyond them. */
  edges: z.array(z.number()),
  /** Shares of rows in each bar. */
  reference: z.array(share),
  current: z.array(share),
})

/** The verdict on a part of a window; `drift` so that of all parts together few are false alarms. */
const driftMomentSchema = z.strictObject({
  start: time,
  end: time,
  rows: count,
  verdict: driftLevelSchema,
  p: share,
  /** Of features, confidence and class mix: Cliff's delta, or total variation. */
  effects: z.array(
    z.strictObject({ name: z.string(), kind: z.string(), effect: z.number().min(-1).max(1) }),
  ),
})

const evidentlyColumnSchema = z.strictObject({
  column: z.string(),
  test: z.string(),
  score: number,
  threshold: z.number(),
  drifted: z.boolean(),
})

/** What `atelier monitor report` writes and the drift service answers. */
export const driftReportSchema = z.strictObject({
  format: z.literal('atelier-drift-report'),
  version: z.literal(1),
  created: time,
  verdict: driftLevelSchema,
  /** One sentence. */
  reason: z.string(),
  /** Of `unjudged`: rows the window lacks; null where rows are not what is missing. */
  needed: count.nullable(),
  /** Chance of a window as unusual when nothing has changed. */
  p: share,
  /** Most false alarms, as a share of windows in which nothing has changed. */
  alpha: share,
  model: z
    .strictObject({ name: z.string(), version: z.int().nullable(), sha256: z.string() })
    .nullable(),
  reference: z.strictObject({ source: z.string(), run: z.string().nullable(), rows: count }),
  window: z.strictObject({
    source: z.string(),
    rows: count,
    /** Without rows that repeat. */
    judged: count,
    first: time.nullable(),
    last: time.nullable(),
    /** Answered, but not logged. */
    lost: count,
  }),
  warnings: z.array(z.string()),
  /** The most unusual first. */
  measures: z.array(measureSchema),
  /** The largest effect first. */
  distributions: z.array(distributionSchema),
  /** Shares of the predicted classes; empty where one side has none. */
  classes: z.array(z.strictObject({ name: z.string(), reference: share, current: share })),
  /** Predictions in spans of equal length; empty where the log has no times. */
  volume: z.array(z.strictObject({ start: time, rows: count, confidence: number })),
  /** The window in parts of equally many predictions, in the order of time; empty where there are too few. */
  over_time: z.array(driftMomentSchema),
  /** Milliseconds, where the log has them. */
  latency: z.strictObject({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
  /** By labels that came later, with Wilson's interval of 95 %; null: none came. */
  live: z
    .strictObject({
      labelled: count,
      right: count,
      accuracy: share,
      low: share,
      high: share,
      /** On held-out images of the training. */
      reference: share.nullable(),
    })
    .nullable(),
  /** Rows that hold NaN, an infinity or nothing. */
  dropped: z.array(
    z.strictObject({ column: z.string(), side: z.enum(['reference', 'current']), rows: count }),
  ),
  /** What Evidently's default says of the same rows; it knows nothing of the window's size. */
  evidently: z.strictObject({
    dataset_drift: z.boolean(),
    share_of_drifted_columns: share,
    columns: z.array(evidentlyColumnSchema),
  }),
})
export type DriftReport = z.infer<typeof driftReportSchema>

/** Which logged predictions to report on; without any, the newest. */
export interface DriftQuery {
  /** The newest so many. */
  readonly last?: number | undefined
  /** A time, or as long ago as `24h`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** `NAME`, `NAME/3`, or a run. */
  readonly model?: string | undefined
}

export interface DriftAnswer {
  readonly report: DriftReport
  /** The report to look at: HTML of one file. */
  readonly page: string
  /** Of the same rows, in the shape of Evidently's `Report.as_dict()`. */
  readonly evidently: unknown
}

/** What a drift service asks. Throws what a client should hear. */
export interface DriftSource {
  /** What is watched, in words. */
  readonly description: string
  drift(query: DriftQuery): Promise<DriftAnswer>
  /** Throws while the log cannot be read. */
  probe(): Promise<void>
}
