import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../core/index.ts'
import { storageError, TransientFault } from './storage-errors.ts'

/** How long what may pass by itself is waited for. Times are in milliseconds. */
export interface RetryPolicy {
  /** In a row, without progress between them. */
  readonly attempts: number
  /** Of all attempts in a row, pauses included. */
  readonly budgetMs: number
  /** The longest pause before the first repetition; doubles with each. */
  readonly firstDelayMs: number
  readonly maxDelayMs: number
  /** From a request to the beginning of its answer; what is sent gets the time that a slow line needs besides. */
  readonly attemptMs: number
  readonly slowestBytesPerMs: number
  /** Between two pieces of an answer. */
  readonly idleMs: number
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 8,
  budgetMs: 120_000,
  firstDelayMs: 250,
  maxDelayMs: 20_000,
  attemptMs: 60_000,
  slowestBytesPerMs: 50,
  idleMs: 30_000,
}

export interface Patience {
  readonly policy: RetryPolicy
  readonly clock: Clock
  readonly random: () => number
}

export interface Retrier {
  /** Patience begins anew. */
  progressed(): void
  /** Waits before the next attempt; throws what the fault became when patience is at its end. */
  pause(fault: TransientFault): Promise<void>
}

/** Counts the failures of one piece of work in a row. */
export function createRetrier(
  { policy, clock, random }: Patience,
  url: string,
  signal: AbortSignal | undefined,
): Retrier {
  let failures = 0
  let since = clock.monotonic()
  return {
    progressed() {
      failures = 0
      since = clock.monotonic()
    },
    async pause(fault) {
      failures++
      const spent = clock.monotonic() - since
      // full jitter: clients that failed together must not come back together
      const longest = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (failures - 1))
      const delay = Math.max(random() * longest, fault.retryAfterMs)
      const attempts = Math.min(policy.attempts, fault.attempts)
      if (failures >= attempts || spent + delay > policy.budgetMs)
        throw gaveUp(url, fault, failures)
      await sleep(delay, undefined, signal && { signal }).catch((error: unknown) => {
        signal?.throwIfAborted()
        throw error
      })
    },
  }
}

/** Repeats `attempt`, which is told its number from 1, while it throws TransientFault. */
export async function withRetries<T>(
  patience: Patience,
  url: string,
  signal: AbortSignal | undefined,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  const retrier = createRetrier(patience, url, signal)
  for (let number = 1; ; number++) {
    try {
      signal?.throwIfAborted()
      return await attempt(number)
    } catch (error) {
      if (!(error instanceof TransientFault)) throw error
      await retrier.pause(error)
    }
  }
}

function gaveUp(url: string, fault: TransientFault, failures: number) {
  const times = failures === 1 ? '' : ` (${failures} attempts)`
  return storageError(fault.code, `${url}: ${fault.message}${times}.`, {
    hint: fault.hint,
    cause: fault,
    data: { store: url, attempts: failures },
  })
}
