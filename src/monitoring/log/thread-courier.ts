import { Worker } from 'node:worker_threads'
import { AtelierError, type PlainError, packError, unpackError } from '../../core/index.ts'
import type { JournalCourier } from './journal-courier.ts'

type Method = Exclude<keyof JournalCourier, 'description' | 'target'>

/** What the thread is told, one after the other. */
export interface CourierCall {
  readonly id: number
  readonly method: Method
  readonly given: readonly unknown[]
}

export interface CourierAnswer {
  readonly id: number
  readonly error?: PlainError
}

/** The thread's side. */
export async function answerCall(
  courier: JournalCourier,
  { id, method, given }: CourierCall,
): Promise<CourierAnswer> {
  try {
    await (courier[method] as (...given: readonly unknown[]) => Promise<void>)(...given)
    return { id }
  } catch (thrown) {
    return { id, error: packError(thrown) }
  }
}

interface Waiting {
  readonly done: () => void
  readonly failed: (error: AtelierError) => void
}

/**
 * A courier in a thread of its own: what a database's disk takes its time for holds up no answer. The
 * thread is started by the first call, and again by the next one after it has ended.
 */
export class ThreadCourier implements JournalCourier {
  readonly description: string
  readonly target: string
  readonly #file: URL
  readonly #place: unknown
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #next = 0

  /** `file`: the compiled thread, which is started with `place`. */
  constructor(file: URL, place: unknown, names: Pick<JournalCourier, 'description' | 'target'>) {
    this.description = names.description
    this.target = names.target
    this.#file = file
    this.#place = place
  }

  adopt(...given: Parameters<JournalCourier['adopt']>): Promise<void> {
    return this.#call('adopt', given)
  }

  bring(...given: Parameters<JournalCourier['bring']>): Promise<void> {
    return this.#call('bring', given)
  }

  addRequests(...given: Parameters<JournalCourier['addRequests']>): Promise<void> {
    return this.#call('addRequests', given)
  }

  addLabels(...given: Parameters<JournalCourier['addLabels']>): Promise<void> {
    return this.#call('addLabels', given)
  }

  prune(...given: Parameters<JournalCourier['prune']>): Promise<void> {
    return this.#call('prune', given)
  }

  async close(): Promise<void> {
    if (this.#worker === undefined) return
    await this.#call('close', [])
    await this.#worker?.terminate()
  }

  #call(method: Method, given: readonly unknown[]): Promise<void> {
    this.#worker ??= this.#start()
    const worker = this.#worker
    const id = this.#next++
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed })
      worker.ref()
      worker.postMessage({ id, method, given } satisfies CourierCall)
    })
  }

  #start(): Worker {
    const worker = new Worker(this.#file, { workerData: this.#place })
    let reason = 'it ended'
    worker.on('message', ({ id, error }: CourierAnswer) => {
      const waiting = this.#waiting.get(id)
      this.#waiting.delete(id)
      // a thread that nobody waits for keeps no process alive
      if (this.#waiting.size === 0) worker.unref()
      if (error === undefined) waiting?.done()
      else waiting?.failed(unpackError(error))
    })
    worker.on('error', (error) => {
      reason = error.message
    })
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
      const lost = [...this.#waiting.values()]
      this.#waiting.clear()
      for (const { failed } of lost) {
        failed(new AtelierError('WORKER_FAILED', `The thread that keeps the log ended: ${reason}.`))
      }
    })
    return worker
  }
}
