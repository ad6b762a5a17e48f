import type { SendResult } from './send-request.ts'

/** `pending`: to be sent, again perhaps. `failed`: the receiver, or our own rule, said no for good. */
export type DeliveryState = 'pending' | 'delivered' | 'failed'

/** What one try to deliver something came to. */
export interface Attempt {
  readonly state: DeliveryState
  /** `HTTP 204`, a network error, or why it was not sent: never a secret. */
  readonly outcome: string
}

/** Timeout, too early, too many requests: not now, but later perhaps. */
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * An answer of 2xx is a success; 408, 425, 429, 5xx and the network are tried again; anything else is a
 * no for good.
 */
export function attemptOf(result: SendResult): Attempt {
  if (result.kind === 'refused') return { state: 'failed', outcome: result.reason }
  if (result.kind === 'error') return { state: 'pending', outcome: result.reason }
  const { status } = result
  if (status >= 200 && status < 300) return { state: 'delivered', outcome: `HTTP ${status}` }
  const redirected = status >= 300 && status < 400
  return {
    state: status >= 500 || AGAIN.has(status) ? 'pending' : 'failed',
    outcome: `HTTP ${status}${redirected ? ': redirects are not followed' : ''}`,
  }
}
