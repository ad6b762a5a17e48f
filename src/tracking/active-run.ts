/** A run that a program logs by itself. */
export interface ActiveRun {
  readonly id: string
  /** Absolute. */
  readonly folder: string
  /**
   * Adds one value to each metric. Returns at once: files and database are written about once a
   * second. Without a step it is one more than the highest so far, first 1. `/` in a name is read as
   * `.`, and `acc` as `accuracy`. NaN and infinity are left out, with one warning for each metric.
   * Throws RUN_VALUE_INVALID for what is no number, RUN_ENDED after the end.
   */
  log(values: Readonly<Record<string, number>>, options?: { readonly step?: number }): void
  tag(...tags: readonly string[]): void
  /** Replaces the run's notes. */
  note(text: string): void
  /** Sets what stands for a metric in lists, instead of the last value logged. */
  summary(values: Readonly<Record<string, number>>): void
  /** Copies a file into the run folder, as `artifacts/NAME`. */
  artifact(path: string, name?: string): Promise<void>
  /** Ends the run: `completed`, or `failed` with an error. Waits until all is written. */
  finish(end?: FinishOptions): Promise<void>
}

export interface FinishOptions {
  readonly status?: 'completed' | 'failed' | 'interrupted'
  /** Why it failed. */
  readonly error?: unknown
}
