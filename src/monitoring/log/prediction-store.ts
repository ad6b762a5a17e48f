import type { PredictionFeedback, PredictionModel } from '../../contracts/index.ts'
import type { PredictionRows } from './prediction-rows.ts'

export interface PredictionQuery {
  /** Milliseconds since 1970, inclusive. */
  readonly from?: number | undefined
  /** Exclusive. */
  readonly to?: number | undefined
  /** Only the newest so many of what else fits; rows of one millisecond stay together. */
  readonly last?: number | undefined
  /** Registered name or run. */
  readonly model?: string | undefined
  readonly version?: number | undefined
}

/** One model that predictions were logged of. */
export interface LoggedModel {
  readonly model: Pick<PredictionModel, 'name' | 'version' | 'sha256'>
  /** When it predicted last. */
  readonly last: number
}

/** The part of a journal that rows were taken from: bytes from … to. */
export interface JournalSpan {
  readonly journal: string
  readonly from: number
  readonly to: number
}

/** Predictions that were answered but could not be logged. */
export interface LogGap {
  readonly time: number
  readonly count: number
}

/** Answers of the service within one minute. */
export interface RequestCount {
  /** Ms of its begin. */
  readonly minute: number
  readonly requests: number
  /** Answered with 5xx. */
  readonly errors: number
}

/**
 * All logged predictions, on SQLite, PostgreSQL or a store of objects. Throws STORE_UNAVAILABLE, or what
 * the store of objects throws, when it cannot be reached.
 */
export interface PredictionStore {
  readonly description: string
  /** What journals of rows for this store are marked with: `database`, or the address of the objects. */
  readonly target: string
  /**
   * Adds rows of a journal once: false, and nothing is added, where rows of this span were added before.
   * `dropped` are predictions that were lost since the last call.
   */
  append(rows: PredictionRows, span: JournalSpan, dropped: number, now: number): Promise<boolean>
  /** How far rows of a journal were added. */
  progress(journal: string): Promise<number>
  /** Oldest first, in pieces. */
  scan(query: PredictionQuery): AsyncIterable<PredictionRows>
  /** The one that predicted last comes first. */
  models(): Promise<readonly LoggedModel[]>
  gaps(from: number, to: number): Promise<readonly LogGap[]>
  /** Adds to what was counted of these minutes. */
  addRequests(counts: readonly RequestCount[]): Promise<void>
  /** Summed over the minutes that begin from … to. */
  requests(from: number, to: number): Promise<Omit<RequestCount, 'minute'>>
  /** The last label of a prediction counts. */
  addLabels(labels: readonly PredictionFeedback[]): Promise<void>
  /** Labels of the predictions made from … to: id → class. */
  labels(from: number, to: number): Promise<ReadonlyMap<string, string>>
  /** Forgets predictions, labels and gaps from before; gives how many predictions they were. */
  prune(before: number): Promise<number>
  close(): Promise<void>
}
