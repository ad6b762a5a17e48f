import type { MetricsLine } from '../contracts/index.ts'
import type { Clock, Logger } from '../core/index.ts'
import { writeArtifacts } from './artifacts.ts'
import { IndexFeed } from './index-feed.ts'
import { MetricsLog } from './metrics-log.ts'
import { type Pulse, startPulse } from './pulse.ts'
import { type RecordChange, type Run, updateRun } from './run.ts'
import type { RunLock } from './run-lock.ts'
import type { OpenStore } from './run-store.ts'

export interface RecorderOptions {
  readonly run: Run
  /** Held for as long as the recorder is open. */
  readonly lock: RunLock
  readonly clock: Clock
  readonly logger: Logger
  /** The store that is kept up with the run; absent: none. */
  readonly openStore?: OpenStore | undefined
  /** Seconds between measurements of CPU and memory; null: none. */
  readonly systemSeconds: number | null
}

/** Where a run's file of metrics is continued. */
export interface MetricsPosition {
  readonly offset: number
  /** The last step that belongs to it. */
  readonly step: number
}

/**
 * Owns what a training run leaves behind while it works: its record, `metrics.jsonl`, the heartbeat
 * and the store. The files are written as they are asked for and throw; the store is off that path
 * and never does.
 */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #log: MetricsLog
  readonly #feed: IndexFeed | undefined
  readonly #pulse: Pulse
  #step: number

  private constructor(options: RecorderOptions, log: MetricsLog, position: MetricsPosition) {
    const { run, lock, clock, logger, openStore, systemSeconds } = options
    this.#options = options
    this.#log = log
    this.#step = position.step
    this.#feed = openStore && new IndexFeed({ run, openStore, clock, logger })
    // also at 0: points of a process that was killed before its first checkpoint
    this.#feed?.cutAfter(position.step === 0 ? -1 : position.step)
    const onSystem = (values: Readonly<Record<string, number>>) => this.#addSystem(values)
    this.#pulse = startPulse({ lock, feed: this.#feed, clock, systemSeconds, onSystem })
  }

  static async open(options: RecorderOptions, position: MetricsPosition): Promise<Recorder> {
    const log = await MetricsLog.open(options.run.files.metrics, position.offset, options.clock)
    return new Recorder(options, log, position)
  }

  /** Seconds in which the store was being written. */
  get indexSeconds(): number {
    return this.#feed?.seconds ?? 0
  }

  /** Adds a line. Mostly touches no file. */
  async add(line: MetricsLine): Promise<void> {
    this.#step = line.step
    this.#feed?.addLine(line)
    await this.#log.add(line)
  }

  /** Brings every line to the disk. Gives the file's size, to continue from. */
  sync(): Promise<number> {
    return this.#log.sync()
  }

  /** Writes to the run's record. */
  async note(change: RecordChange): Promise<Run> {
    const { run, clock } = this.#options
    const noted = await updateRun(run, clock, change)
    this.#feed?.touch()
    return noted
  }

  /** Writes the list of the run's files: after the last metrics, before `complete` is noted. */
  async seal(): Promise<void> {
    this.#pulse.stop()
    await this.#log.sync()
    await writeArtifacts(this.#options.run)
  }

  /** Waits for the store, but only for a moment. */
  async close(): Promise<void> {
    this.#pulse.stop()
    try {
      await this.#log.close()
    } finally {
      await this.#feed?.close()
    }
  }

  #addSystem(values: Readonly<Record<string, number>>): void {
    const line = {
      type: 'log' as const,
      time: this.#options.clock.now(),
      step: this.#step,
      values: { ...values },
    }
    this.#log.push(line)
    this.#feed?.addLine(line)
  }
}
