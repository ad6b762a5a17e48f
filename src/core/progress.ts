/** Where long work reports to. The command line draws a bar; a library caller may ignore it. */
export interface Progress {
  start(task: ProgressTask): ProgressHandle
}

export interface ProgressTask {
  readonly label: string
  /** How many units there are; unknown when absent. */
  readonly total?: number
  /** What is counted: `bytes`, `images`, `files` … */
  readonly unit: string
}

export interface ProgressHandle {
  /** Sets how many units are done, and optionally a short text after the bar (`loss 0.31`). */
  update(done: number, note?: string): void
  finish(note?: string): void
}

export const silentProgress: Progress = {
  start: () => ({ update: () => {}, finish: () => {} }),
}
