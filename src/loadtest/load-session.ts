import type { Clock, Random } from '../core/index.ts'
import { type Address, type Answer, LoadConnection } from './load-connection.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadRecorder } from './load-recorder.ts'
import type { LoadResult } from './load-result.ts'

/** A good or bad answer, for a caller who checks what is in it. */
export interface CheckedAnswer {
  /** Places in the plan: of the route, and of the request within it. */
  readonly route: number
  readonly request: number
  /** 0 where there was none. */
  readonly status: number
  readonly body: Buffer | undefined
}

export interface SessionInput {
  readonly plan: LoadPlan
  readonly address: Address
  readonly clock: Clock
  readonly random: Random
  readonly recorder: LoadRecorder
  readonly onAnswer: ((answer: CheckedAnswer) => void) | undefined
}

/** A request that is due: which, and since when by the monotonic clock. */
interface DueRequest {
  readonly route: number
  readonly request: number
  readonly due: number
}

/**
 * What both loops share: which request comes next, its deadline, what is still on its way, and when
 * the load is over. It owns the connections and timers of a load.
 */
export class LoadSession {
  readonly #input: SessionInput
  readonly #connections: LoadConnection[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #places: number[]
  readonly #thresholds: readonly number[]
  readonly #most: number
  readonly #timeout: number
  #begun = 0
  #pending = 0
  #ended: LoadResult['ended'] | undefined
  #settled: () => void = () => {}
  readonly started: number
  /** When new requests ended. */
  stopped = Number.NaN
  /** Requests that a signal made it give up. */
  unfinished = 0

  constructor(input: SessionInput) {
    this.#input = input
    const { routes, maxRequests, timeout } = input.plan
    this.#places = routes.map(() => 0)
    let sum = 0
    this.#thresholds = routes.map(({ weight }) => (sum += weight))
    this.#most = maxRequests ?? Number.POSITIVE_INFINITY
    this.#timeout = 1000 * timeout
    this.started = input.clock.monotonic()
  }

  /** Why no more requests begin; undefined while they do. */
  get ended(): LoadResult['ended'] | undefined {
    return this.#ended
  }

  get connections(): number {
    return this.#connections.length
  }

  connect(): LoadConnection {
    const connection = new LoadConnection(this.#input.address, this.#input.onAnswer !== undefined)
    this.#connections.push(connection)
    return connection
  }

  /** The next request, due at a time; undefined when no more may begin. */
  begin(due: number): DueRequest | undefined {
    if (this.#ended !== undefined || this.#begun >= this.#most) return undefined
    this.#begun++
    this.#pending++
    const route = this.#chooseRoute()
    const count = this.#input.plan.routes[route]!.requests.length
    const request = this.#places[route]!
    this.#places[route] = (request + 1) % count
    return { route, request, due }
  }

  /** Sends what has begun. `after` follows its answer, unless the load was cut off. */
  send(connection: LoadConnection, begun: DueRequest, after: (answer: Answer) => void): void {
    const bytes = this.#input.plan.routes[begun.route]!.requests[begun.request]!
    const sent = this.#input.clock.monotonic()
    connection.send(bytes, sent + this.#timeout, (answer) => {
      // a failure tells how soon the service refused, not how long this client waited to ask
      this.#settle(begun, answer, answer.failure === undefined ? begun.due : sent)
      after(answer)
    })
  }

  /** Counts a request that was never sent as failed, when it is too late for it. */
  expired(begun: DueRequest): boolean {
    if (begun.due + this.#timeout > this.#input.clock.monotonic()) return false
    const answer = { status: 0, failure: 'no connection', bodyBytes: 0, body: undefined }
    this.#settle(begun, answer, begun.due)
    return true
  }

  /** Runs `work` later, unless the load is over by then. */
  later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      work()
    }, milliseconds)
    this.#timers.add(timer)
  }

  /** Times out what has taken too long. */
  checkDeadlines(): void {
    const now = this.#input.clock.monotonic()
    for (const connection of this.#connections) {
      if (connection.deadline <= now) connection.expire()
    }
  }

  /** No more requests begin; those on their way are waited for, except after a signal. */
  stop(reason: LoadResult['ended']): void {
    if (this.#ended === undefined) {
      this.#ended = reason
      this.stopped = this.#input.clock.monotonic()
      this.#input.recorder.stop()
      for (const timer of this.#timers) clearTimeout(timer)
      this.#timers.clear()
    }
    if (reason === 'signal') {
      this.unfinished = this.#pending
      this.#pending = 0
      for (const connection of this.#connections) connection.close()
    }
    if (this.#pending === 0) this.#settled()
  }

  /** Settles when the load is over and nothing is on its way. */
  whenSettled(): Promise<void> {
    return new Promise((done) => {
      this.#settled = done
      if (this.#ended !== undefined && this.#pending === 0) done()
    })
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    for (const connection of this.#connections) connection.close()
  }

  #chooseRoute(): number {
    if (this.#thresholds.length === 1) return 0
    const draw = this.#input.random.uniform() * this.#thresholds.at(-1)!
    return this.#thresholds.findIndex((threshold) => draw < threshold)
  }

  #settle({ route, request }: DueRequest, answer: Answer, since: number): void {
    const { clock, recorder, onAnswer } = this.#input
    recorder.add(route, clock.monotonic() - since, answer)
    onAnswer?.({ route, request, status: answer.status, body: answer.body })
    this.#pending--
    if (this.#pending > 0) return
    if (this.#ended !== undefined) this.#settled()
    else if (this.#begun >= this.#most) this.stop('requests')
  }
}
