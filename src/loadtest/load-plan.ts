/** Requests that count together; `requests` are sent in turn, each the whole bytes of one. */
export interface LoadRoute {
  /** `POST /predict`. */
  readonly name: string
  /** How often, relative to the others'. */
  readonly weight: number
  readonly requests: readonly Buffer[]
}

/** Users who wait for their answer, and think, before they ask again. */
export interface ClosedLoop {
  readonly kind: 'closed'
  readonly users: number
  /** Seconds over which the users arrive, one after the other. */
  readonly ramp: number
  /** Least and most seconds of thought after an answer, uniform; [0, 0]: none. */
  readonly wait: readonly [number, number]
}

/**
 * Requests that come at their time whatever the answers: a server that stalls cannot slow them down.
 * Latencies count from the time a request was due, so waiting for a free connection is part of them.
 */
export interface OpenLoop {
  readonly kind: 'open'
  /** Requests a second. */
  readonly rate: number
  /** At most so many at once; further ones wait. */
  readonly connections: number
}

export interface LoadPlan {
  /** The service: `http://127.0.0.1:8000`. */
  readonly url: URL
  readonly routes: readonly LoadRoute[]
  readonly pace: ClosedLoop | OpenLoop
  /** Seconds. */
  readonly duration: number
  readonly maxRequests?: number | undefined
  /** Seconds until a request counts as failed: from when it was sent, and before that in line for a connection. */
  readonly timeout: number
  /** Of the choice of routes and of the times of thought. */
  readonly seed: number
  /** Takes any certificate of an https service. */
  readonly insecure?: boolean | undefined
}
