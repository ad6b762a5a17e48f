import { type Clock, toAtelierError } from '../core/index.ts'
import type { TrialParams } from './sampling/trial.ts'
import type { SweepEvent } from './sweep-events.ts'
import {
  type Attempt,
  applyEvent,
  type ProcessReference,
  type SweepState,
  type SweepTrial,
  secondsUntil,
} from './sweep-state.ts'

/** One run that is wanted. `attempt` tells what earlier processes did about it. */
export interface TrialJob {
  readonly trial: number
  readonly params: TrialParams
  readonly attempt: Attempt
  /** Of how many seeds. */
  readonly repeats: number
}

/** How a trial tells what it does, while it runs. */
export interface TrialReporter {
  started(process: ProcessReference): void
  /** The run that the process made. */
  run(id: string): void
  progress(history: readonly number[], step: number, steps: number | null): void
}

export type TrialOutcome =
  | {
      readonly status: 'completed'
      readonly run: string | null
      readonly reused: boolean
      readonly metric: number | null
      readonly history: readonly number[]
    }
  | {
      readonly status: 'failed'
      readonly run: string | null
      readonly history: readonly number[]
      readonly error: { readonly code: string; readonly message: string }
    }
  /** It was told to stop, and did. */
  | { readonly status: 'stopped'; readonly history: readonly number[] }

/** Does one job to its end. The signal asks it to save and stop. What it throws is the trial's failure. */
export type RunTrial = (
  job: TrialJob,
  reporter: TrialReporter,
  signal: AbortSignal,
) => Promise<TrialOutcome>

export interface SchedulerOptions {
  readonly workers: number
  /** Trials that failed before begin anew. */
  readonly retryFailed?: boolean
  /** The parameters of the next trial; `wait` until one that runs has ended; `done`: there are no more. */
  next(trials: readonly SweepTrial[]): TrialParams | 'wait' | 'done'
  /** Trials that run and are not worth going on with, by number. */
  hopeless(trials: readonly SweepTrial[]): readonly number[]
  readonly runTrial: RunTrial
  /** Brings a line to the disk. */
  readonly append: (event: SweepEvent) => void
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Called at every change, often. */
  readonly onChange?: (state: SweepState) => void
}

export interface SweepEnd {
  readonly state: SweepState
  readonly reason: 'done' | 'interrupted' | 'failing'
}

const FLAPPING_MS = 60_000
const FLAPPING_FAILURES = 3
const INITIAL_FAILURES = 5
/** Without a cap, a small space would be drawn from for ever. */
const REUSED_IN_A_ROW = 100

interface Running {
  readonly job: TrialJob
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** Runs the trials of a sweep, `workers` at a time: those begun before first, then new ones. */
export async function runTrials(initial: SweepState, options: SchedulerOptions): Promise<SweepEnd> {
  const scheduler = new Scheduler(initial, options)
  const onAbort = () => scheduler.stopAll()
  options.signal.addEventListener('abort', onAbort)
  try {
    return await scheduler.run()
  } finally {
    options.signal.removeEventListener('abort', onAbort)
  }
}

/** Owner of the sweep's state and of the trials that run. */
class Scheduler {
  readonly #options: SchedulerOptions
  readonly #running = new Map<string, Running>()
  readonly #begun: number
  #state: SweepState
  #exhausted = false
  #failing = false
  #reusedInARow = 0
  /** Ends of this process, in order: true for a failure. */
  readonly #ends: boolean[] = []

  constructor(state: SweepState, options: SchedulerOptions) {
    this.#state = state
    this.#options = options
    this.#begun = options.clock.monotonic()
  }

  async run(): Promise<SweepEnd> {
    if (this.#options.retryFailed) this.#retryFailed()
    try {
      for (;;) {
        this.#fill()
        if (this.#running.size === 0) break
        await Promise.race([...this.#running.values()].map(({ ended }) => ended))
      }
    } catch (error) {
      this.stopAll()
      await Promise.allSettled([...this.#running.values()].map(({ ended }) => ended))
      throw error
    }
    const { aborted } = this.#options.signal
    const reason = this.#failing ? 'failing' : aborted ? 'interrupted' : 'done'
    return { state: this.#state, reason }
  }

  #retryFailed(): void {
    for (const { trial, attempts } of this.#state.trials) {
      for (const { repeat, status } of attempts) {
        if (status === 'failed') this.#record({ type: 'retry', ...this.#now({ trial, repeat }) })
      }
    }
  }

  stopAll(): void {
    for (const { stop } of this.#running.values()) stop.abort()
  }

  #fill(): void {
    while (this.#running.size < this.#options.workers) {
      if (this.#options.signal.aborted || this.#failing) return
      const job = this.#pendingJob() ?? this.#newJob()
      if (job === undefined) return
      this.#launch(job)
    }
  }

  /** An attempt of a trial that has begun, unless another seed has already decided about the trial. */
  #pendingJob(): TrialJob | undefined {
    for (const { trial, params, attempts } of this.#state.trials) {
      if (attempts.some(({ status }) => status === 'failed' || status === 'pruned')) continue
      const attempt = attempts.find(
        ({ repeat, status }) => !this.#running.has(keyOf(trial, repeat)) && !isOver(status),
      )
      if (attempt !== undefined) return { trial, params, attempt, repeats: attempts.length }
    }
    return undefined
  }

  #newJob(): TrialJob | undefined {
    if (this.#exhausted || this.#reusedInARow >= REUSED_IN_A_ROW) return undefined
    const params = this.#options.next(this.#state.trials)
    if (params === 'wait') return undefined
    if (params === 'done') {
      this.#exhausted = true
      return undefined
    }
    const trial = this.#state.trials.length
    this.#record({ type: 'trial', time: this.#options.clock.now(), trial, params })
    return this.#pendingJob()
  }

  #launch(job: TrialJob): void {
    const stop = new AbortController()
    const key = keyOf(job.trial, job.attempt.repeat)
    const place = { trial: job.trial, repeat: job.attempt.repeat }
    const reporter: TrialReporter = {
      started: (process) => this.#record({ type: 'start', ...this.#now(place), ...process }),
      run: (run) => this.#record({ type: 'run', ...this.#now(place), run }),
      progress: (history, step, steps) => {
        this.#apply({ type: 'progress', ...place, history, step, steps })
        this.#prune()
      },
    }
    const ended = this.#options
      .runTrial(job, reporter, stop.signal)
      .catch(failedBy)
      .then((outcome) => this.#finish(place, outcome))
      .finally(() => this.#running.delete(key))
    this.#running.set(key, { job, stop, ended })
  }

  #finish(place: { readonly trial: number; readonly repeat: number }, outcome: TrialOutcome): void {
    const now = this.#now(place)
    const before = this.#attempt(place)
    if (outcome.status === 'stopped' && !this.#pruned.has(place.trial)) {
      this.#record({ type: 'stop', ...now })
      return
    }
    const base = { metric: null, reused: false, error: null, run: before.run }
    const seconds = secondsUntil(now.time, before)
    const status = outcome.status === 'stopped' ? ('pruned' as const) : outcome.status
    // JSON knows no NaN
    const history = outcome.history.filter(Number.isFinite)
    const end = { ...base, seconds, ...outcome, status, history }
    const metric = Number.isFinite(end.metric) ? end.metric : null
    this.#record({ type: 'end', ...now, ...end, run: end.run ?? before.run, metric })
    this.#reusedInARow =
      outcome.status === 'completed' && outcome.reused ? this.#reusedInARow + 1 : 0
    this.#ends.push(outcome.status === 'failed')
    if (outcome.status === 'failed') this.#dropOthers(place.trial)
    this.#failing ||= this.#isFlapping()
    if (this.#failing) this.stopAll()
    this.#prune()
  }

  readonly #pruned = new Set<number>()

  #prune(): void {
    for (const trial of this.#options.hopeless(this.#state.trials)) {
      if (this.#pruned.has(trial)) continue
      this.#pruned.add(trial)
      this.#dropOthers(trial)
    }
  }

  #dropOthers(trial: number): void {
    for (const { job, stop } of this.#running.values()) if (job.trial === trial) stop.abort()
  }

  /** All failed so far: three within the first minute, or five. */
  #isFlapping(): boolean {
    if (this.#ends.length === 0 || this.#ends.includes(false)) return false
    const early = this.#options.clock.monotonic() - this.#begun < FLAPPING_MS
    return this.#ends.length >= (early ? FLAPPING_FAILURES : INITIAL_FAILURES)
  }

  #attempt({ trial, repeat }: { readonly trial: number; readonly repeat: number }): Attempt {
    return this.#state.trials[trial]!.attempts[repeat]!
  }

  #now<T>(place: T): T & { readonly time: number } {
    return { ...place, time: this.#options.clock.now() }
  }

  #record(event: SweepEvent): void {
    this.#options.append(event)
    this.#apply(event)
  }

  #apply(event: Parameters<typeof applyEvent>[1]): void {
    this.#state = applyEvent(this.#state, event)
    this.#options.onChange?.(this.#state)
  }
}

/** What goes wrong with one trial is no reason to stop the others. */
function failedBy(thrown: unknown): TrialOutcome {
  const { code, message } = toAtelierError(thrown)
  return { status: 'failed', run: null, history: [], error: { code, message } }
}

const isOver = (status: Attempt['status']) =>
  status === 'completed' || status === 'failed' || status === 'pruned'

const keyOf = (trial: number, repeat: number) => `${trial}/${repeat}`
