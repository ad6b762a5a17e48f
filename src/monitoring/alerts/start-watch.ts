import type { AlertEvent, DriftCheck } from '../../contracts/index.ts'
import { type Clock, type Logger, toAtelierError } from '../../core/index.ts'
import { hourlyPruning } from '../hourly-pruning.ts'
import type { AlertStore } from './alert-store.ts'
import { alertSentence } from './alert-text.ts'

export interface WatchOptions {
  readonly store: AlertStore
  /** Makes a check and writes it down. */
  readonly check: () => Promise<{
    readonly check: DriftCheck
    readonly told: readonly AlertEvent[]
  }>
  /** Sends what is due. */
  readonly deliver: () => Promise<unknown>
  readonly periodMs: number
  /** Names this process among all that share the database. */
  readonly holder: string
  /** Checks and events older than this are forgotten; null: none. */
  readonly retentionMs: number | null
  readonly clock: Clock
  readonly logger: Logger
}

/** What this process did. */
export interface WatchCounts {
  readonly leads: boolean
  readonly checks: number
  /** Checks that could not be made or written down. */
  readonly failures: number
}

export interface Watch {
  counts(): WatchCounts
  /** Waits for what is under way. */
  stop(): Promise<void>
}

const LONGEST_TICK_MS = 5000
/** A leader that says nothing for so long is taken for dead. */
const LEASE_MS = 60_000

/**
 * Checks every period, and sends what is due in between. Of several that share a database one leads; when
 * it ends, another takes over where it was.
 */
export function startWatch(options: WatchOptions): Watch {
  const watch = new ScheduledWatch(options)
  watch.start()
  return { counts: () => watch.counts(), stop: () => watch.stop() }
}

class ScheduledWatch {
  readonly #prune: () => Promise<void>
  readonly #options: WatchOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #leads = false
  #checks = 0
  #failures = 0
  #trouble: string | undefined
  #stopping = false

  constructor(options: WatchOptions) {
    this.#options = options
    this.#prune = hourlyPruning(options.store, options.retentionMs, options.clock)
  }

  start(): void {
    const tick = Math.min(LONGEST_TICK_MS, this.#options.periodMs / 2)
    this.#timer = setInterval(() => this.#tick(), tick)
    this.#tick()
  }

  counts(): WatchCounts {
    return { leads: this.#leads, checks: this.#checks, failures: this.#failures }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#timer)
    await this.#running
    if (this.#leads) await this.#options.store.resign(this.#options.holder)
  }

  /** One at a time; what takes longer than a tick leaves the next ones out. */
  #tick(): void {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined
    })
  }

  async #work(): Promise<void> {
    const { store, holder, clock, periodMs, deliver } = this.#options
    try {
      this.#leads = await store.lead(holder, clock.now(), LEASE_MS)
      if (!this.#leads) return
      const [last] = await store.checks({ last: 1 })
      const since = last === undefined ? periodMs : clock.now() - Date.parse(last.time)
      // one that lies ahead was made before the clock stepped back
      if (since >= periodMs || since < 0) await this.#check()
      await deliver()
      await this.#prune()
      this.#trouble = undefined
    } catch (error) {
      // what was under way is broken off at the end, and taken up by the next
      if (!this.#stopping) this.#warn(error)
    }
  }

  async #check(): Promise<void> {
    const { check, logger } = this.#options
    try {
      const { check: found, told } = await check()
      this.#checks++
      if (found.failure !== null) this.#failures++
      for (const event of told) {
        logger.warn(`alert ${event.kind} (${event.severity}) ${alertSentence(event)}`)
      }
    } catch (error) {
      this.#failures++
      throw error
    }
  }

  /** Said once, until it is over or something else. */
  #warn(error: unknown): void {
    const { message } = toAtelierError(error)
    if (message !== this.#trouble) this.#options.logger.warn(`the check failed: ${message}`)
    this.#trouble = message
  }
}
