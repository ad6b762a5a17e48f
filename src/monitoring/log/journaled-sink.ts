import type { PredictionFeedback, PredictionRecord } from '../../contracts/index.ts'
import {
  AtelierError,
  type Clock,
  type Logger,
  timeOfId,
  toAtelierError,
} from '../../core/index.ts'
import { hourlyPruning } from '../hourly-pruning.ts'
import { encodeRecords, type FrameHeader, frameHeader } from './encode-records.ts'
import { createJournal, type Journal } from './journal.ts'
import type { JournalCourier } from './journal-courier.ts'
import { MOST_ROWS } from './journal-pieces.ts'
import type { PredictionSink, SinkCounts } from './prediction-sink.ts'
import type { JournalSpan, RequestCount } from './prediction-store.ts'

export interface JournaledSinkOptions {
  readonly courier: JournalCourier
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

/** A journal is begun anew when it has this size, or is of another day, and nothing of it is waiting. */
const JOURNAL_BYTES = 16 * 2 ** 20
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const MOST_MINUTES = 1440
/** Clocks of the machines of one service may differ by so much. */
const CLOCK_SKEW_MS = 60_000

/**
 * Logs to a journal first and to the store soon after, in larger pieces. Where a piece ends is written
 * to the journal before it leaves: whoever takes the journal up makes the same pieces of it, so that
 * one that was under way when this process ended is not brought twice.
 */
export async function openJournaledSink(options: JournaledSinkOptions): Promise<JournaledSink> {
  const { journals, courier, clock } = options
  const journal = await createJournal(journals, courier.target, clock.now())
  const sink = new Sink(options, journal)
  sink.start()
  return {
    description: courier.description,
    bring: () => sink.bring(),
    record: (records) => sink.record(records),
    answered: (status) => sink.answered(status),
    feedback: (feedback) => sink.feedback(feedback),
    counts: () => sink.counts(),
    close: () => sink.close(),
  }
}

export interface JournaledSink extends PredictionSink {
  /** Brings at once what waits, and what processes that are gone left. */
  bring(): Promise<void>
}

/** A part of the journal that a mark follows, and that is not known to be in the store. */
interface Parcel extends JournalSpan {
  readonly rows: number
  /** Predictions that were lost before it was packed. */
  readonly dropped: number
}

class Sink {
  readonly #prune: () => Promise<void>
  readonly #options: JournaledSinkOptions
  #journal: Journal
  #begun: number
  /** In the order in which they are to be brought. */
  #parcels: readonly Parcel[] = []
  /** Rows after the last parcel, which ends at `#marked`, before its mark. */
  #waiting = 0
  #marked = 0
  /** Of the journal: up to here the store has it, and up to here it is written. */
  #done = 0
  #size = 0
  /** That the last frame of the journal is under. */
  #header: FrameHeader | undefined
  readonly #answers = new Map<number, Omit<RequestCount, 'minute'>>()
  #adopted = false
  #recorded = 0
  #dropped = 0
  #untold = 0
  #troubled = false
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined

  constructor(options: JournaledSinkOptions, journal: Journal) {
    this.#options = options
    this.#prune = hourlyPruning(options.courier, options.retentionMs, options.clock)
    this.#journal = journal
    this.#begun = options.clock.now()
  }

  start(): void {
    this.#timer = setInterval(() => this.bring(), this.#options.flushMs)
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
    this.#recorded += records.length
    this.#waiting += records.length
    if (this.#waiting >= MOST_ROWS) this.#packUp()
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
    await this.#options.courier.addLabels([feedback])
  }

  counts(): SinkCounts {
    const pending = this.#parcels.reduce((sum, { rows }) => sum + rows, this.#waiting)
    return { recorded: this.#recorded, dropped: this.#dropped, pending }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.bring()
    // what came while one was under way
    if (!this.#troubled) await this.bring()
    if (this.#isEmpty()) this.#journal.remove()
    await this.#options.courier.close()
  }

  #drop(count: number): void {
    this.#dropped += count
    this.#untold += count
  }

  /** One at a time: the next waits for what is under way. */
  bring(): Promise<void> {
    this.#flushing ??= this.#bring().finally(() => {
      this.#flushing = undefined
    })
    return this.#flushing
  }

  async #bring(): Promise<void> {
    try {
      await this.#adopt()
      await this.#bringRows()
      await this.#bringCounts()
      await this.#prune()
      if (this.#troubled) this.#options.logger.info('the prediction log is reached again')
      this.#troubled = false
    } catch (error) {
      this.#trouble(error)
    }
  }

  /** What is left of others comes first, until it is all there once. */
  async #adopt(): Promise<void> {
    if (this.#adopted) return
    const { courier, clock } = this.#options
    await courier.adopt(clock.now())
    this.#adopted = true
  }

  async #bringRows(): Promise<void> {
    const { courier, clock } = this.#options
    this.#packUp()
    for (let next = this.#parcels[0]; next !== undefined; next = this.#parcels[0]) {
      const { journal, from, to, dropped } = next
      await courier.bring({ journal, from, to }, dropped, clock.now())
      this.#parcels = this.#parcels.slice(1)
      this.#done = to
    }
    const isOld = clock.now() - this.#begun > DAY_MS
    if (this.#isEmpty() && (this.#size > JOURNAL_BYTES || isOld)) await this.#renew()
  }

  /** Puts a mark after what waits. What comes next begins with it, and can be read alone by its header. */
  #packUp(): void {
    if (this.#waiting === 0) return
    const end = this.#size
    this.#size = this.#journal.append(encodeRecords([], this.#header!, undefined))
    const span = { journal: this.#journal.name, from: this.#marked, to: end }
    this.#parcels = [...this.#parcels, { ...span, rows: this.#waiting, dropped: this.#untold }]
    this.#untold = 0
    this.#marked = end
    this.#waiting = 0
  }

  #isEmpty(): boolean {
    return this.#waiting === 0 && this.#parcels.length === 0
  }

  async #bringCounts(): Promise<void> {
    if (this.#answers.size === 0) return
    const counts = [...this.#answers].map(([minute, count]) => ({ minute, ...count }))
    this.#answers.clear()
    try {
      await this.#options.courier.addRequests(counts)
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
    const { journals, courier, clock } = this.#options
    const now = clock.now()
    const next = await createJournal(journals, courier.target, now)
    // rows that came while it was made stand in the old one
    if (!this.#isEmpty()) {
      next.remove()
      return
    }
    this.#journal.remove()
    this.#journal = next
    this.#begun = now
    this.#header = undefined
    this.#marked = this.#done = this.#size = 0
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
