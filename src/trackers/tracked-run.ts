import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, type Logger, toAtelierError } from '../core/index.ts'
import { entryOf, openRun } from '../tracking/index.ts'
import { METRICS_START, readNewLines } from './metrics-position.ts'
import { openTracker, pauseOf, startsOver, trackerTitle } from './open-tracker.ts'
import type { Tracker, TrackerSurroundings } from './tracker.ts'
import { fingerprintOf, type TrackerState, writeState } from './tracker-state.ts'

/** Where a run keeps what was printed while it trained. */
export const OUTPUT_FILE = join('.trackers', 'output.log')

const RETRY_MS = 10_000
const MOST_OUTPUT_BYTES = 2 ** 18

export interface TrackedRunOptions extends Pick<TrackerSurroundings, 'env' | 'fetch'> {
  /** Of the run. */
  readonly folder: string
  readonly state: TrackerState
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Owner of one run's way to one tracker. It reads the run's folder, beside whoever writes there, and
 * nothing it does throws or is waited for while the run works: what did not go through is tried
 * again, and whatever is missing at the end is in the folder for `syncRun`.
 */
export class TrackedRun {
  readonly #options: TrackedRunOptions
  readonly #abort = new AbortController()
  #state: TrackerState
  #tracker: Tracker | undefined
  #config: Readonly<Record<string, unknown>> | undefined
  #working: Promise<boolean> | undefined
  #notBefore = Number.NEGATIVE_INFINITY
  #failure: string | undefined

  constructor(options: TrackedRunOptions) {
    this.#options = options
    const { state } = options
    this.#state = startsOver(state.settings)
      ? { ...state, position: METRICS_START, output: 0 }
      : state
  }

  /** `W&B`, `MLflow` … */
  get title(): string {
    return trackerTitle(this.#state.settings)
  }

  /** Where to look for the run; undefined before anything was sent. */
  get place(): string | undefined {
    return this.#tracker?.place()
  }

  /** Why the last attempt failed; undefined: it did not. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Sends what is new, unless that is under way, or failed a moment ago. */
  tick(): void {
    if (this.#working !== undefined) return
    if (this.#options.clock.monotonic() < this.#notBefore) return
    this.#working = this.#attempt(false).finally(() => {
      this.#working = undefined
    })
  }

  /** Sends all there is of a run that has ended, for at most so long. Gives whether it went through. */
  async end(milliseconds: number): Promise<boolean> {
    const late = new Error(`no answer within ${milliseconds / 1000} s`)
    const timer = setTimeout(() => this.#abort.abort(late), milliseconds)
    try {
      await this.#working
      return await this.#attempt(true)
    } finally {
      clearTimeout(timer)
      await this.#tracker?.close().catch(() => {})
    }
  }

  async #attempt(ended: boolean): Promise<boolean> {
    try {
      const before = this.#state.position.offset
      await this.#sendAll(ended)
      this.#failure = undefined
      // the first metrics of a run need not wait
      const pause = this.#state.position.offset === before ? 0 : pauseOf(this.#state.settings)
      this.#notBefore = this.#options.clock.monotonic() + pause
      return true
    } catch (error) {
      this.#notBefore = this.#options.clock.monotonic() + RETRY_MS
      this.#failure = toAtelierError(error).message
      await this.#startOver()
      const memory = this.#tracker?.memory() ?? this.#state.memory
      await this.#keep({ failure: this.#failure, memory }).catch(() => {})
      return false
    }
  }

  async #sendAll(ended: boolean): Promise<void> {
    const { folder } = this.#options
    this.#tracker ??= await this.#open()
    for (;;) {
      const run = await openRun(folder)
      const news = await readNewLines(run.files.metrics, this.#state.position)
      const printed = await readOutput(join(folder, OUTPUT_FILE), this.#state.output)
      const isLast = ended && !news.more && !printed.more
      // before it is sent: what changes meanwhile is new again
      const complete = isLast ? await fingerprintOf(run) : null
      this.#config ??= (await entryOf(folder)).config
      await this.#tracker.send({
        run,
        config: this.#config,
        lines: news.lines,
        output: printed.text,
        ended: isLast,
      })
      const { position } = news
      const memory = this.#tracker.memory()
      const done = { position, output: printed.end, memory, failure: null, complete }
      const isKept = isLast || !startsOver(this.#state.settings)
      if (isKept) await this.#keep(done)
      else this.#state = { ...this.#state, ...done }
      if (!news.more && !printed.more) return
    }
  }

  /** A file that was written in part is written anew. */
  async #startOver(): Promise<void> {
    if (!startsOver(this.#state.settings)) return
    await this.#tracker?.close().catch(() => {})
    this.#tracker = undefined
    this.#state = { ...this.#state, position: METRICS_START, output: 0 }
  }

  async #open(): Promise<Tracker> {
    const { env, fetch } = this.#options
    const { settings, memory } = this.#state
    return openTracker(settings, { env, fetch, memory, signal: this.#abort.signal })
  }

  async #keep(change: Partial<TrackerState>): Promise<void> {
    this.#state = { ...this.#state, ...change }
    await writeState(this.#options.folder, this.#state)
  }
}

async function readOutput(path: string, start: number) {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return { text: '', end: start, more: false }
  try {
    const bytes = Buffer.alloc(MOST_OUTPUT_BYTES)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
    const whole = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1
    const text = bytes.subarray(0, whole).toString('utf8')
    return { text, end: start + whole, more: bytesRead === bytes.length }
  } finally {
    await file.close()
  }
}
