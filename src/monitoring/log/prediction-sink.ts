import type { PredictionFeedback, PredictionRecord } from '../../contracts/index.ts'

export interface SinkCounts {
  /** Safe from the end of this process. */
  readonly recorded: number
  /** Answered, but not recorded: there was no room. */
  readonly dropped: number
  /** Recorded, and not yet where reports look. */
  readonly pending: number
}

/** Where the service puts predictions. Never throws into an answer: what cannot be kept is counted. */
export interface PredictionSink {
  readonly description: string
  /** When it returns, the records outlast the process. */
  record(records: readonly PredictionRecord[]): void
  /** Counts an answer of the service, of whatever route, for the error rate. */
  answered(status: number): void
  /** Throws FEEDBACK_UNAVAILABLE where labels cannot be kept, PREDICTION_UNKNOWN for an id of no prediction. */
  feedback(feedback: PredictionFeedback): Promise<void>
  counts(): SinkCounts
  /** Brings what is pending to where reports look; what cannot be brought stays for the next start. */
  close(): Promise<void>
}
