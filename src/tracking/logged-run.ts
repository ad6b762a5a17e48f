import { readFileSync } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type RunRecord, runRecordSchema } from '../contracts/index.ts'
import {
  AtelierError,
  type Clock,
  type Logger,
  toAtelierError,
  writeFileAtomicSync,
} from '../core/index.ts'
import type { ActiveRun, FinishOptions } from './active-run.ts'
import { writeArtifacts } from './artifacts.ts'
import { type ExitGuarded, failureOf, guardExit, type RunEnd, unguardExit } from './exit-guard.ts'
import { IndexFeed } from './index-feed.ts'
import { invalid, LoggedValues } from './logged-values.ts'
import { MetricsTail } from './metrics-tail.ts'
import { type Pulse, startPulse } from './pulse.ts'
import { type Run, updateRun } from './run.ts'
import type { RunLock } from './run-lock.ts'
import type { OpenStore } from './run-store.ts'
import { isSafePath } from './safe-path.ts'

/** The record's step and summary are brought up to date about so often; labels within a second. */
const RECORD_MS = 5000

export interface LoggedRunOptions {
  readonly run: Run
  readonly lock: RunLock
  readonly openStore?: OpenStore | undefined
  readonly systemSeconds: number | null
  readonly clock: Clock
  readonly logger: Logger
}

/** Owner of a run that a program logs: its metrics file, its lock, and what is not yet written. */
export class LoggedRun implements ActiveRun, ExitGuarded {
  readonly id: string
  readonly folder: string
  readonly #options: LoggedRunOptions
  readonly #tail: MetricsTail
  readonly #feed: IndexFeed | undefined
  readonly #pulse: Pulse
  readonly #values: LoggedValues
  readonly #system: LoggedValues
  readonly #started: number
  #step = 0
  #summary: Record<string, number> = {}
  #tags: string[] = []
  #notes: string | undefined
  #hasLabels = false
  #hasValues = false
  #noted: number
  #noting: Promise<unknown> = Promise.resolve()
  #end: RunEnd | undefined
  #finishing: Promise<void> = Promise.resolve()
  #failure: unknown

  constructor(options: LoggedRunOptions) {
    const { run, lock, openStore, systemSeconds, clock, logger } = options
    this.#options = options
    this.id = run.record.id
    this.folder = run.folder
    this.#started = clock.monotonic()
    this.#noted = this.#started
    this.#tail = new MetricsTail(run.files.metrics)
    this.#feed = openStore && new IndexFeed({ run, openStore, clock, logger })
    const warn = (message: string) => logger.warn(message)
    this.#values = new LoggedValues(warn)
    this.#system = new LoggedValues(warn)
    this.#pulse = startPulse({
      lock,
      feed: this.#feed,
      clock,
      systemSeconds,
      onSystem: (values) => this.#add(this.#system, values, this.#step),
      onTick: () => this.#tick(),
    })
    guardExit(this)
  }

  log(
    values: Readonly<Record<string, number>>,
    { step = this.#step + 1 }: { readonly step?: number } = {},
  ): void {
    this.#requireOpen()
    if (!Number.isSafeInteger(step) || step < 0) throw invalid(`The step is ${step}.`)
    this.#add(this.#values, values, step)
    this.#hasValues = true
    if (step > this.#step) this.#step = step
  }

  tag(...tags: readonly string[]): void {
    this.#requireOpen()
    this.#tags.push(...tags)
    this.#hasLabels = true
  }

  note(text: string): void {
    this.#requireOpen()
    this.#notes = text
    this.#hasLabels = true
  }

  summary(values: Readonly<Record<string, number>>): void {
    this.#requireOpen()
    const given = new LoggedValues((message) => this.#options.logger.warn(message))
    given.take(values, () => {})
    Object.assign(this.#summary, given.last())
    this.#hasLabels = true
  }

  async artifact(path: string, name = basename(path)): Promise<void> {
    this.#requireOpen()
    if (!isSafePath(name)) throw invalid(`"${name}" is not a name for a file of the run.`)
    const target = join(this.folder, 'artifacts', name)
    await mkdir(dirname(target), { recursive: true })
    await copyFile(path, target)
  }

  finish(options: FinishOptions = {}): Promise<void> {
    // asked twice, or after a signal: it ends once
    if (this.#end === undefined) this.#finishing = this.#finish(options)
    return this.#finishing
  }

  async #finish({ status, error }: FinishOptions): Promise<void> {
    const failed = status === 'failed' || (status === undefined && error !== undefined)
    this.#pulse.stop()
    this.#end = {
      status: failed ? 'failed' : (status ?? 'completed'),
      failure: error === undefined ? null : failureOf(error),
    }
    try {
      this.#flush()
      await this.#noting
      await writeArtifacts(this.#options.run)
      await this.#writeRecord(this.#end)
      this.#feed?.touch()
      await this.#feed?.close()
    } finally {
      unguardExit(this)
      this.#tail.close()
      await this.#options.lock.release()
    }
    if (!this.#tail.isWhole) throw toAtelierError(this.#failure)
  }

  /** Writes all there is at once: the process ends. The database learns of it later. */
  endSync(end: RunEnd): void {
    unguardExit(this)
    // asked to finish, and not given the time: how it ended is known all the same
    this.#end ??= end
    try {
      this.#tail.flush()
      const { record } = this.#options.run.files
      const old = runRecordSchema.parse(JSON.parse(readFileSync(record, 'utf8')))
      const changed = runRecordSchema.parse({ ...old, ...this.#change(old), ...this.#end })
      writeFileAtomicSync(record, `${JSON.stringify(changed, null, 2)}\n`)
    } catch (error) {
      this.#options.logger.warn(`${this.id} could not be written: ${failureOf(error).message}`)
    }
    this.#options.lock.releaseSync()
  }

  #add(to: LoggedValues, values: Readonly<Record<string, number>>, step: number): void {
    const time = this.#options.clock.now()
    const feed = this.#feed
    const json = to.take(values, (metric, value) => feed?.add(metric, step, time, value))
    if (json === '') return
    const line = `{"type":"log","time":${time},"step":${step},"values":{${json}}}`
    if (this.#tail.add(line) && this.#failure === undefined) this.#flush()
  }

  /** A full disk must not end the program's own work; `finish` tells of it. */
  #flush(): void {
    try {
      this.#tail.flush()
      this.#failure = undefined
    } catch (error) {
      this.#fail(error)
    }
  }

  #tick(): void {
    this.#flush()
    const isDue = this.#options.clock.monotonic() - this.#noted >= RECORD_MS
    if (!this.#hasLabels && !(this.#hasValues && isDue)) return
    this.#hasLabels = false
    this.#noting = this.#noting
      .then(() => this.#writeRecord({}))
      .catch((error) => this.#fail(error))
  }

  async #writeRecord(end: Partial<RunRecord>): Promise<void> {
    const { run, clock } = this.#options
    this.#noted = clock.monotonic()
    this.#hasValues = false
    const [tags, notes] = [this.#tags.length, this.#notes]
    await updateRun(run, clock, (record) => ({ ...this.#change(record), ...end }))
    // what was given meanwhile is for the next time
    this.#tags = this.#tags.slice(tags)
    if (this.#notes === notes) this.#notes = undefined
    this.#feed?.touch()
  }

  /** What is known of the run by now. Labels given elsewhere, `atelier runs tag`, stay. */
  #change(record: RunRecord): Partial<RunRecord> {
    return {
      step: this.#step,
      seconds: Math.max(0, (this.#options.clock.monotonic() - this.#started) / 1000),
      updated: new Date(this.#options.clock.now()).toISOString(),
      summary: { ...this.#values.last(), ...this.#summary },
      tags: [...new Set([...record.tags, ...this.#tags])],
      notes: this.#notes ?? record.notes,
    }
  }

  #requireOpen(): void {
    if (this.#end === undefined) return
    throw new AtelierError('RUN_ENDED', `${this.id} has ended.`, {
      hint: 'Start another run, or log before finish().',
    })
  }

  #fail(error: unknown): void {
    if (this.#failure === undefined) {
      this.#options.logger.warn(`${this.id} cannot be written: ${failureOf(error).message}`)
    }
    this.#failure = error
  }
}
