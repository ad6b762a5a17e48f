import type { MetricsLine } from '../contracts/index.ts'
import type { Run } from '../tracking/index.ts'

/** What a tracker is told of a run. */
export interface RunUpdate {
  /** As it stands now. */
  readonly run: Run
  /** What the run was configured with, nested. */
  readonly config: Readonly<Record<string, unknown>>
  /** What `metrics.jsonl` gained since the last update that went through. */
  readonly lines: readonly MetricsLine[]
  /** What was printed since then. */
  readonly output: string
  /** Nothing follows: the run has ended, and its results and files are there. */
  readonly ended: boolean
}

/** One run at one other tracker. */
export interface Tracker {
  /** Where to look for it: a folder or an address. */
  place(): string
  /**
   * Sends what is new. Throws where that did not go through; then the same comes again, with more.
   * Never called twice at once.
   */
  send(update: RunUpdate): Promise<void>
  /** What shall be kept for the next process that sends this run: JSON. Kept after each `send`. */
  memory(): unknown
  close(): Promise<void>
}

/** What every tracker is opened with. */
export interface TrackerSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly fetch: typeof fetch
  /** Ends what is under way. */
  readonly signal: AbortSignal
  /** What was kept of it when a tracker last worked on this run; null: nothing. */
  readonly memory: unknown
}
