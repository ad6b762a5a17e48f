import { AtelierError, type Clock } from '../core/index.ts'
import { pixelFeatureNames } from '../image/index.ts'
import {
  type FinishedTask,
  ModelThread,
  type ModelThreadOptions,
  type PredictionTask,
  type ThreadEvents,
} from './model-thread.ts'
import type { BatchReport } from './serve-ring.ts'
import { ringCapacity } from './slot-ring.ts'

export interface PoolSettings {
  readonly threads: number
  readonly maxBatch: number
  /** Full batches per thread that may wait. */
  readonly queueBatches: number
  /** Longest time to open and try a model. */
  readonly startMs: number
  /** Longest time one batch may take; after it the thread is ended. */
  readonly hangMs: number
}

export interface PoolEvents<T extends PredictionTask> {
  onBatch(finished: readonly FinishedTask<T>[], report: BatchReport): void
  /** A thread ended though nobody told it to; another one takes its place. */
  onCrash(reason: string): void
}

export interface PoolOptions<T extends PredictionTask> extends PoolSettings, PoolEvents<T> {
  readonly file: URL
  readonly model: Omit<ModelThreadOptions<T>['model'], 'maxBatch'>
  /** Whether pictures are measured for a record. */
  readonly isMeasured: boolean
  readonly clock: Clock
}

const TICK_MS = 20
/** Wait before the second, third … start within a minute. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 10_000
const FORGET_MS = 60_000

/** Threads that run one version of one model; a picture goes to the one with the shortest queue. */
export class WorkerPool<T extends PredictionTask> {
  readonly #options: PoolOptions<T>
  readonly #threads: ModelThread<T>[]
  readonly #limit: number
  readonly #crashes: number[] = []
  readonly #hung = new Map<ModelThread<T>, { taken: number; since: number }>()
  #timer: NodeJS.Timeout | undefined
  #open = true

  constructor(options: PoolOptions<T>) {
    this.#options = options
    const { threads, maxBatch, queueBatches, model, file, isMeasured } = options
    this.#limit = (queueBatches + 1) * maxBatch
    const imageBytes = model.image.reduce((product, size) => product * size, 1)
    const ring = {
      capacity: ringCapacity(this.#limit),
      imageBytes,
      classes: model.classes,
      features: isMeasured ? pixelFeatureNames.length : 0,
    }
    this.#threads = Array.from({ length: threads }, () => {
      const thread: ModelThread<T> = new ModelThread({
        file,
        model: { ...model, maxBatch },
        ring,
        ...this.#eventsOf(() => thread),
      })
      return thread
    })
  }

  /** Ready when the first thread is; `filled` waits for the others. Throws MODEL_INVALID. */
  async start(): Promise<{ readonly filled: Promise<void> }> {
    const [first, ...others] = this.#threads
    const { startMs } = this.#options
    await first!.start(startMs)
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
    const filled = Promise.all(others.map((thread) => thread.start(startMs))).then(() => {})
    filled.catch(() => {})
    return { filled }
  }

  /** Threads that take pictures. */
  get alive(): number {
    return this.#threads.filter(({ alive }) => alive).length
  }

  /** Pictures that wait or run. */
  get depth(): number {
    return this.#threads.reduce((sum, { depth }) => sum + depth, 0)
  }

  /** Whether the next picture would be turned away. */
  get full(): boolean {
    return this.#threads.every(({ alive, depth }) => !alive || depth >= this.#limit)
  }

  /** Puts a picture into the shortest queue; false when every queue is full. */
  submit(task: T): boolean {
    let best: ModelThread<T> | undefined
    for (const thread of this.#threads) {
      if (thread.alive && (best === undefined || thread.depth < best.depth)) best = thread
    }
    if (best === undefined || best.depth >= this.#limit) return false
    best.push(task)
    return true
  }

  /** Lets the threads finish what they have, then ends them. What they hang on is lost after the limit. */
  async close(limitMs: number): Promise<void> {
    this.#open = false
    await Promise.all(this.#threads.map((thread) => thread.stop(limitMs)))
    clearInterval(this.#timer)
    this.#failAll('The service is stopping.')
  }

  #eventsOf(thread: () => ModelThread<T>): ThreadEvents<T> {
    return {
      onBatch: this.#options.onBatch,
      onLost: (tasks, reason) => {
        const error = new AtelierError(
          'WORKER_FAILED',
          'The thread that ran this prediction ended.',
          { hint: 'Send it again.', data: { reason } },
        )
        for (const task of tasks) task.fail(error)
        if (!this.#open) return
        this.#options.onCrash(reason)
        this.#share(thread())
        void this.#revive(thread())
      },
    }
  }

  /** What waits at a thread that is gone goes to the others, as far as they have room. */
  #share(from: ModelThread<T>): void {
    if (this.alive === 0) return
    for (const task of from.drop(() => true)) {
      if (!this.submit(task)) task.fail(overloaded())
    }
  }

  async #revive(thread: ModelThread<T>): Promise<void> {
    const { clock, startMs } = this.#options
    while (this.#open) {
      const now = clock.monotonic()
      while (this.#crashes.length > 0 && now - this.#crashes[0]! > FORGET_MS) this.#crashes.shift()
      const earlier = this.#crashes.length
      this.#crashes.push(now)
      if (earlier > 0) {
        const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (earlier - 1))
        await new Promise<void>((done) => setTimeout(done, wait).unref())
      }
      if (!this.#open) return
      const started = await thread.start(startMs).then(
        () => true,
        () => false,
      )
      if (started) return
    }
  }

  #tick(): void {
    const now = this.#options.clock.monotonic()
    for (const thread of this.#threads) {
      if (thread.depth === 0) {
        this.#hung.delete(thread)
        continue
      }
      for (const task of thread.drop((task) => task.deadline <= now || task.isGone?.() === true)) {
        task.fail(task.deadline <= now ? tooLate() : clientGone())
      }
      this.#watch(thread, now)
    }
  }

  /** A batch that never ends is found by the counter that no longer moves. */
  #watch(thread: ModelThread<T>, now: number): void {
    if (!thread.alive || !thread.running) return
    const seen = this.#hung.get(thread)
    if (seen === undefined || seen.taken !== thread.taken) {
      this.#hung.set(thread, { taken: thread.taken, since: now })
    } else if (now - seen.since > this.#options.hangMs) {
      this.#hung.delete(thread)
      void thread.kill()
    }
  }

  #failAll(message: string): void {
    const error = new AtelierError('WORKER_FAILED', message)
    for (const thread of this.#threads) {
      for (const task of thread.drop(() => true)) task.fail(error)
    }
  }
}

export function overloaded(): AtelierError {
  return new AtelierError('SERVICE_OVERLOADED', 'Too many predictions wait already.', {
    hint: 'Send it again after a moment.',
  })
}

function tooLate(): AtelierError {
  return new AtelierError('PREDICTION_TIMEOUT', 'The model did not get to this picture in time.', {
    hint: 'Send it again after a moment.',
  })
}

/** Nobody reads this; it ends what was begun. */
export function clientGone(): AtelierError {
  return new AtelierError('INTERRUPTED', 'The client went away.')
}
