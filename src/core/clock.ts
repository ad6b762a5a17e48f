export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds that never step back, for durations. */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
