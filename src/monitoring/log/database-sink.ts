import type { PredictionFeedback, PredictionRecord } from '../../contracts/index.ts'
import {
  AtelierError,
  type Clock,
  type Logger,
  timeOfId,
  toAtelierError,
} from '../../core/index.ts'
import { hourlyPruning } from '../hourly-pruning.ts'
import { adoptJournals } from './adopt-journals.ts'
import { encodeRecords, type FrameHeader, frameHeader } from './encode-records.ts'
import { createJournal, type Journal } from './journal.ts'
import { type PredictionRows, toRows } from './prediction-rows.ts'
import type { PredictionSink, SinkCounts } from './prediction-sink.ts'
import type { PredictionStore, RequestCount } from './prediction-store.ts'

export interface DatabaseSinkOptions {
  readonly store: PredictionStore
  /** Folder of the journals. */
  readonly journals: string
  /** Most bytes that wait for the store; what comes on top is dropped and counted. */
  readonly maxBytes: number
  /** How often what waits is brought to the store. */
  readonly flushMs: number
  /** Predictions older than this are forgotten; null: none. */
  readonly retentionMs: number | null
  readonly clock: Clock
  readonly logger: Logger
}

interface Waiting {
  readonly records: readonly PredictionRecord[]
  /** Size of the journal after them. */
  readonly end: number
}

/** A journal is begun anew when it has this size and nothing of it is waiting. */
const JOURNAL_BYTES = 16 * 2 ** 20
const MINUTE_MS = 60_000
const MOST_MINUTES = 1440
/** Clocks of the machines of one service may differ by so much. */
const CLOCK_SKEW_MS = 60_000

/** Logs to a journal first and to the store soon after, in larger pieces. */
export async function openDatabaseSink(options: DatabaseSinkOptions): Promise<PredictionSink> {
  const sink = new DatabaseSink(options, await createJournal(options.journals, options.clock.now()))
  await sink.start()
  return {
    description: options.store.description,
    record: (records) => sink.record(records),
    answered: (status) => sink.answered(status),
    feedback: (feedback) => sink.feedback(feedback),
    counts: () => sink.counts(),
    close: () => sink.close(),
  }
}

class DatabaseSink {
  readonly #prune: () => Promise<void>
  readonly #options: DatabaseSinkOptions
  #journal: Journal
  #waiting: Waiting[] = []
  /** Of the journal: up to here the store has it, and up to here it is written. */
  #done = 0
  #size = 0
  /** That the last frame of the journal is under. */
  #header: FrameHeader | undefined
  readonly #answers = new Map<number, Omit<RequestCount, 'minute'>>()
  #recorded = 0
  #dropped = 0
  #untold = 0
  #troubled = false
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined

  constructor(options: DatabaseSinkOptions, journal: Journal) {
    this.#options = options
    this.#prune = hourlyPruning(options.store, options.retentionMs, options.clock)
    this.#journal = journal
  }

  /** Takes up what processes that are gone left, and begins to bring things to the store. */
  async start(): Promise<void> {
    const { store, journals, clock } = this.#options
    await adoptJournals(journals, store, clock.now()).catch((error: unknown) =>
      this.#trouble(error),
    )
    this.#timer = setInterval(() => this.#flush(), this.#options.flushMs)
    this.#timer.unref()
  }

  record(records: readonly PredictionRecord[]): void {
    if (records.length === 0) return
    if (this.#size - this.#done > this.#options.maxBytes) {
      this.#drop(records.length)
      return
    }
    const header = frameHeader(records, this.#header)
    try {
      this.#size = this.#journal.append(encodeRecords(records, header, this.#header))
      this.#header = header
    } catch (error) {
      this.#drop(records.length)
      this.#trouble(error)
      return
    }
    this.#waiting.push({ records, end: this.#size })
    this.#recorded += records.length
  }

  answered(status: number): void {
    const minute = Math.floor(this.#options.clock.now() / MINUTE_MS) * MINUTE_MS
    const { requests, errors } = this.#answers.get(minute) ?? { requests: 0, errors: 0 }
    const isError = status >= 500 ? 1 : 0
    this.#answers.set(minute, { requests: requests + 1, errors: errors + isError })
    // a store that is away for days must not fill the memory
    if (this.#answers.size > MOST_MINUTES) this.#answers.delete(this.#answers.keys().next().value!)
  }

  async feedback(feedback: PredictionFeedback): Promise<void> {
    const made = timeOfId(feedback.prediction_id)
    if (made === undefined || made > feedback.time + CLOCK_SKEW_MS) {
      throw new AtelierError(
        'PREDICTION_UNKNOWN',
        `There is no prediction ${feedback.prediction_id}.`,
        { hint: 'Send the prediction_id of an answer of this service.' },
      )
    }
    await this.#options.store.addLabels([feedback])
  }

  counts(): SinkCounts {
    const pending = this.#waiting.reduce((sum, { records }) => sum + records.length, 0)
    return { recorded: this.#recorded, dropped: this.#dropped, pending }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flush()
    await this.#flush()
    if (this.#waiting.length === 0) this.#journal.remove()
    await this.#options.store.close()
  }

  #drop(count: number): void {
    this.#dropped += count
    this.#untold += count
  }

  /** One at a time: the next waits for what is under way. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#bring().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  async #bring(): Promise<void> {
    try {
      await this.#bringRows()
      await this.#bringCounts()
      await this.#prune()
      if (this.#troubled) this.#options.logger.info('the prediction log is reached again')
      this.#troubled = false
    } catch (error) {
      this.#trouble(error)
    }
  }

  async #bringRows(): Promise<void> {
    const { store, clock } = this.#options
    const taken = this.#waiting
    const dropped = this.#untold
    const last = taken.at(-1)
    if (last === undefined) return
    const span = { journal: this.#journal.name, from: this.#done, to: last.end }
    await store.append(rowsByModel(taken), span, dropped, clock.now())
    // what came meanwhile stands behind what was taken
    this.#waiting = this.#waiting.slice(taken.length)
    this.#done = last.end
    this.#untold -= dropped
    if (this.#waiting.length === 0 && this.#size > JOURNAL_BYTES) await this.#renew()
  }

  async #bringCounts(): Promise<void> {
    if (this.#answers.size === 0) return
    const counts = [...this.#answers].map(([minute, count]) => ({ minute, ...count }))
    this.#answers.clear()
    try {
      await this.#options.store.addRequests(counts)
    } catch (error) {
      for (const { minute, requests, errors } of counts) {
        const since = this.#answers.get(minute) ?? { requests: 0, errors: 0 }
        this.#answers.set(minute, {
          requests: since.requests + requests,
          errors: since.errors + errors,
        })
      }
      throw error
    }
  }

  async #renew(): Promise<void> {
    const next = await createJournal(this.#options.journals, this.#options.clock.now())
    // rows that came while it was made stand in the old one
    if (this.#waiting.length > 0) {
      next.remove()
      return
    }
    this.#journal.remove()
    this.#journal = next
    this.#header = undefined
    this.#done = 0
    this.#size = 0
  }

  /** Said once, until it is over. */
  #trouble(error: unknown): void {
    if (!this.#troubled) {
      this.#options.logger.warn(
        `predictions are not logged to the store: ${toAtelierError(error).message}`,
      )
    }
    this.#troubled = true
  }
}

/** Runs of records of one model, by column. A batch is of one model. */
function rowsByModel(waiting: readonly Waiting[]): PredictionRows[] {
  const runs: PredictionRecord[][] = []
  for (const { records } of waiting) {
    const run = runs.at(-1)
    if (run !== undefined && run[0]!.model === records[0]!.model) run.push(...records)
    else runs.push([...records])
  }
  return runs.map(toRows)
}
