import type { Generated, Transaction } from 'kysely'

/** The tables as they are now; `migrations.ts` tells how they came to be. */
export interface RunTables {
  runs: {
    /** Grows with the time of creation, so that its order is "newest last": see `insertRun`. */
    seq: number
    id: string
    status: string
    trashed: string | null
    /** Milliseconds since 1970. */
    heartbeat: number
  }
  /** Apart from `runs`, which is read from end to end for every list and must stay small. */
  run_entries: {
    run: number
    /** A `RunEntry` as JSON, without `trashed`. */
    entry: string
  }
  run_keys: {
    id: Generated<number>
    key: string
  }
  run_values: {
    run: number
    key: number
    /** What it is: `ValueKind`. */
    kind: number
    number: number | null
    /** The first `SHORT_TEXT` characters. */
    text: string | null
  }
  /** Texts of `SHORT_TEXT` characters or more, whole. */
  run_long_texts: {
    run: number
    key: number
    text: string
  }
  run_tags: {
    run: number
    tag: string
  }
  run_metrics: {
    id: Generated<number>
    run: number
    metric: string
    /** Points in all chunks. */
    count: number
  }
  metric_chunks: {
    metric: number
    /** Counted from 0, in the order of logging. */
    sequence: number
    count: number
    min_step: number
    max_step: number
    /** The points to draw of it, as `points`: first, minimum, maximum, last, in the order of logging. */
    peaks: Uint8Array
    /** Little-endian float64: all steps, all times (ms), all values. */
    points: Uint8Array
  }
}

export type RunTransaction = Transaction<RunTables>

/** Order matters: a column sorts by kind first. */
export const ValueKind = { nothing: 0, number: 1, text: 2 } as const

/** PostgreSQL cannot index long texts. */
export const SHORT_TEXT = 200
