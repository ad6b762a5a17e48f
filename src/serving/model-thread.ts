import { Worker } from 'node:worker_threads'
import { AtelierError } from '../core/index.ts'
import type { ModelThreadData, ModelThreadMessage } from './run-model-thread.ts'
import type { BatchReport } from './serve-ring.ts'
import { COUNTER, createRing, type RingShape, SLOT, type SlotRing } from './slot-ring.ts'

/** One picture on its way through a model. */
export interface PredictionTask {
  /** uint8 [C, H, W] */
  readonly pixels: Uint8Array
  /** When it is put into a ring, on the monotonic clock. */
  readonly queued: number
  /** Until when the model must have begun with it. */
  readonly deadline: number
  /** Whether nobody waits for the answer any more. */
  readonly isGone: (() => boolean) | undefined
  fail(error: AtelierError): void
}

/** What the model said about one picture. */
export interface FinishedTask<T extends PredictionTask = PredictionTask> {
  readonly task: T
  /** [classes] */
  readonly probabilities: Float32Array
  /** [classes] */
  readonly logits: Float32Array
  /** [features], in the order of `pixelFeatureNames`; empty where none are measured. */
  readonly features: Float64Array
}

export interface ThreadEvents<T extends PredictionTask> {
  /** Some pictures went through the model together. */
  onBatch(finished: readonly FinishedTask<T>[], report: BatchReport): void
  /** The thread is gone, with what it was running. */
  onLost(tasks: readonly T[], reason: string): void
}

export interface ModelThreadOptions<T extends PredictionTask> extends ThreadEvents<T> {
  /** The compiled `main/model-thread.js`. */
  readonly file: URL
  readonly model: Omit<ModelThreadData, 'memory' | 'ring'>
  readonly ring: RingShape
}

/** JavaScript's share only; the model's memory is native. */
const MAX_HEAP_MB = 256

/** One thread with one model, and the ring that leads to it. The ring outlives the thread. */
export class ModelThread<T extends PredictionTask> {
  readonly #options: ModelThreadOptions<T>
  readonly #ring: SlotRing
  readonly #tasks: (T | undefined)[]
  #worker: Worker | undefined
  #alive = false
  #stopping = false
  #waking = false
  #written = 0
  /** Up to where results were collected. */
  #collected = 0

  constructor(options: ModelThreadOptions<T>) {
    this.#options = options
    this.#ring = createRing(options.ring)
    this.#tasks = Array.from({ length: options.ring.capacity }, () => undefined)
  }

  /** Whether it takes pictures. */
  get alive(): boolean {
    return this.#alive
  }

  /** Pictures that wait or run. */
  get depth(): number {
    return (this.#written - this.#collected) | 0
  }

  /** How many pictures the thread has ever begun with; 32 bits. */
  get taken(): number {
    return Atomics.load(this.#ring.counters, COUNTER.taken)
  }

  /** Whether a batch is with the model now. */
  get running(): boolean {
    return this.taken !== this.#collected
  }

  /** Starts the thread and has it try the model. Throws MODEL_INVALID when that fails or takes too long. */
  async start(limitMs: number): Promise<void> {
    const { file, model, ring } = this.#options
    const workerData: ModelThreadData = { ...model, ring, memory: this.#ring.memory }
    const worker = new Worker(file, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    this.#worker = worker
    try {
      await firstWord(worker, limitMs)
    } catch (error) {
      this.#worker = undefined
      throw error
    }
    this.#alive = !this.#stopping
    worker.on('message', (message: ModelThreadMessage) => {
      if (message.kind === 'batch') this.#collect(message)
    })
    let reason = 'it ended'
    worker.on('error', (error) => {
      reason = error.message
    })
    worker.on('exit', () => this.#exited(worker, reason))
  }

  /** Puts a picture at the end; the caller has looked at `depth`. */
  push(task: T): void {
    const { counters, states, pixels, shape } = this.#ring
    const before = this.#written
    const place = before & (shape.capacity - 1)
    pixels.set(task.pixels, place * shape.imageBytes)
    this.#tasks[place] = task
    Atomics.store(states, place, SLOT.waiting)
    this.#written = (before + 1) | 0
    Atomics.store(counters, COUNTER.written, this.#written)
    // otherwise the thread is at work, and will look by itself
    if (this.taken === before) this.#wakeSoon()
  }

  /**
   * Once the event loop is through with what came together: waking a thread takes longer than all else
   * that is done for a picture here, and a batch of them costs the model less than one by one.
   */
  #wakeSoon(): void {
    if (this.#waking) return
    this.#waking = true
    setImmediate(() => {
      this.#waking = false
      Atomics.notify(this.#ring.counters, COUNTER.written, 1)
    })
  }

  /** Takes out what waits and fits; what the model has begun with stays. */
  drop(fits: (task: T) => boolean): T[] {
    const { states, shape } = this.#ring
    const dropped: T[] = []
    for (let at = this.#collected; at !== this.#written; at = (at + 1) | 0) {
      const place = at & (shape.capacity - 1)
      const task = this.#tasks[place]
      if (task === undefined || !fits(task)) continue
      const was = Atomics.compareExchange(states, place, SLOT.waiting, SLOT.dropped)
      if (was !== SLOT.waiting) continue
      this.#tasks[place] = undefined
      dropped.push(task)
    }
    return dropped
  }

  /** Ends the thread at once; what it ran is lost. */
  async kill(): Promise<void> {
    await this.#worker?.terminate()
  }

  /** Lets the thread finish what it has and end by itself. */
  async stop(limitMs: number): Promise<void> {
    this.#stopping = true
    this.#alive = false
    const worker = this.#worker
    if (worker === undefined) return
    Atomics.store(this.#ring.counters, COUNTER.stop, 1)
    Atomics.notify(this.#ring.counters, COUNTER.written)
    const ended = new Promise((done) => worker.once('exit', done))
    const timer = setTimeout(() => void worker.terminate(), limitMs)
    await ended
    clearTimeout(timer)
  }

  #collect(report: BatchReport): void {
    const { classes, capacity, features: count } = this.#ring.shape
    const { probabilities, logits, features } = this.#ring
    const finished: FinishedTask<T>[] = []
    for (let i = 0; i < report.count; i++) {
      const place = (this.#collected + i) & (capacity - 1)
      const task = this.#tasks[place]
      if (task === undefined) continue
      this.#tasks[place] = undefined
      const [from, to] = [place * classes, (place + 1) * classes]
      finished.push({
        task,
        probabilities: probabilities.slice(from, to),
        logits: logits.slice(from, to),
        features: features.slice(place * count, (place + 1) * count),
      })
    }
    this.#collected = (this.#collected + report.count) | 0
    this.#options.onBatch(finished, report)
  }

  /** What was running is lost; what waits is left to the next thread. */
  #exited(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#alive = false
    const { counters, shape } = this.#ring
    const lost: T[] = []
    for (; this.#collected !== this.taken; this.#collected = (this.#collected + 1) | 0) {
      const place = this.#collected & (shape.capacity - 1)
      const task = this.#tasks[place]
      this.#tasks[place] = undefined
      if (task !== undefined) lost.push(task)
    }
    Atomics.store(counters, COUNTER.done, this.#collected)
    this.#options.onLost(lost, reason)
  }
}

/** Waits for the verdict on the model. */
async function firstWord(worker: Worker, limitMs: number): Promise<void> {
  const cleanup: (() => void)[] = []
  const verdict = await new Promise<string | undefined>((done) => {
    const timer = setTimeout(() => done(`it did not answer within ${limitMs / 1000} s`), limitMs)
    const said = (message: ModelThreadMessage) =>
      done(message.kind === 'refused' ? message.reason : undefined)
    const failed = (error: Error) => done(error.message)
    const ended = () => done('the thread that tried it ended')
    worker.once('message', said).once('error', failed).once('exit', ended)
    cleanup.push(() => clearTimeout(timer))
    cleanup.push(() => worker.off('message', said).off('error', failed).off('exit', ended))
  })
  for (const undo of cleanup) undo()
  if (verdict === undefined) return
  // an error that comes after the verdict has nobody else to hear it
  worker.on('error', () => {})
  await worker.terminate()
  throw new AtelierError('MODEL_INVALID', `The model cannot be served: ${verdict}.`, {
    hint: 'Train or export it again; the model that was served before goes on.',
  })
}
