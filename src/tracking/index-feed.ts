import type { MetricsLine } from '../contracts/index.ts'
import { type Clock, type Logger, toAtelierError } from '../core/index.ts'
import { syncPoints } from './index-run.ts'
import { PointColumns } from './metric-points.ts'
import { behind } from './refresh-index.ts'
import type { Run } from './run.ts'
import { entryOf } from './run-entry.ts'
import type { OpenStore, Points, RunStore } from './run-store.ts'

/** 24 MB. What is logged beyond that while the database is away comes from the file at the end. */
const MOST_POINTS = 1_000_000
const RETRY_MS = 10_000
const CLOSE_MS = 15_000

export interface FeedOptions {
  readonly run: Pick<Run, 'folder' | 'files' | 'record'>
  /** Opened when first needed, and again after a failure. */
  readonly openStore: OpenStore
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Keeps the store up with a run at work. Everything is taken in memory and sent when `tick` is
 * called, so that a step never waits. Nothing here throws: a database that is away is warned of
 * once, tried again quietly, and what it misses is written from the run's files when the run ends.
 */
export class IndexFeed {
  readonly #options: FeedOptions
  readonly #columns = new PointColumns()
  #store: RunStore | undefined
  /** Taken out and not yet stored. */
  #pending: Points[] = []
  #pendingCount = 0
  #isRecordNew = true
  #beat: number | undefined
  #cutAfter: number | undefined
  /** Whether every point sent is known to be stored once: else the end compares with the file. */
  #isExact = true
  readonly #sent = new Map<string, number>()
  #working: Promise<void> | undefined
  #hasWarned = false
  #retryAt = Number.NEGATIVE_INFINITY
  #seconds = 0

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Time spent in calls of the store: with SQLite, what it took from the training; with PostgreSQL, more. */
  get seconds(): number {
    return this.#seconds
  }

  addLine(line: MetricsLine): void {
    this.#makeRoom()
    this.#columns.addLine(line)
  }

  /** `metric` is its one name; `time` in ms. */
  add(metric: string, step: number, time: number, value: number): void {
    this.#makeRoom()
    this.#columns.add(metric, step, time, value)
  }

  /** The run's record or other files changed. */
  touch(): void {
    this.#isRecordNew = true
  }

  beat(now: number): void {
    this.#beat = now
  }

  /** The run goes on from `step`: later points will come again. -1: from its start. */
  cutAfter(step: number): void {
    this.#cutAfter = step
    if (step >= 0) this.#isExact = false
  }

  /** Sends what there is, unless that is under way already, or failed a moment ago. */
  tick(): void {
    if (this.#working !== undefined) return
    if (this.#options.clock.monotonic() < this.#retryAt) return
    this.#working = this.#send().finally(() => {
      this.#working = undefined
    })
  }

  /** Sends the rest and compares, for at most some seconds; then closes the store. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), CLOSE_MS)
    })
    const result = await Promise.race([this.#finish(), late])
    clearTimeout(timer)
    if (result === 'late') this.#warn('it does not answer.')
  }

  async #finish(): Promise<void> {
    await this.#working
    this.touch()
    await this.#send()
    try {
      if (this.#store !== undefined && !(await this.#isWhole())) {
        await syncPoints(this.#options.run, this.#store)
      }
      await this.#store?.close()
    } catch (error) {
      this.#warn(toAtelierError(error).message)
    }
  }

  async #send(): Promise<void> {
    try {
      await this.#sendAll()
    } catch (error) {
      this.#isRecordNew = true
      this.#isExact = false
      this.#retryAt = this.#options.clock.monotonic() + RETRY_MS
      this.#warn(toAtelierError(error).message)
    }
  }

  async #timed(work: (store: RunStore) => Promise<void>): Promise<void> {
    const started = this.#options.clock.monotonic()
    await work(this.#store!)
    this.#seconds += (this.#options.clock.monotonic() - started) / 1000
  }

  async #sendAll(): Promise<void> {
    const { run, openStore } = this.#options
    const { id } = run.record
    this.#store ??= await openStore()
    if (this.#isRecordNew) {
      this.#isRecordNew = false
      const entry = await entryOf(run.folder)
      await this.#timed((store) => store.put(entry))
    }
    if (this.#cutAfter !== undefined) {
      const after = this.#cutAfter
      await this.#timed((store) => store.cutPoints(id, after))
      this.#cutAfter = undefined
    }
    this.#take()
    if (this.#pending.length > 0) {
      const points = this.#pending
      await this.#timed((store) => store.addPoints(id, points))
      this.#pending = []
      this.#pendingCount = 0
    }
    if (this.#beat !== undefined) {
      const now = this.#beat
      await this.#timed((store) => store.beat(id, now))
      this.#beat = undefined
    }
  }

  #take(): void {
    this.#pendingCount += this.#columns.count
    for (const points of this.#columns.take()) {
      this.#pending.push(points)
      this.#sent.set(points.metric, (this.#sent.get(points.metric) ?? 0) + points.values.length)
    }
  }

  #makeRoom(): void {
    if (this.#columns.count + this.#pendingCount < MOST_POINTS) return
    this.#columns.take()
    this.#isExact = false
  }

  async #isWhole(): Promise<boolean> {
    if (!this.#isExact) return false
    const held = await this.#store!.series(this.#options.run.record.id, { buckets: 1 })
    return (
      held.length === this.#sent.size &&
      held.every(({ metric, count }) => this.#sent.get(metric) === count)
    )
  }

  #warn(why: string): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    this.#options.logger.warn(behind(why))
  }
}
