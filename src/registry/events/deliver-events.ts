import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Random } from '../../core/index.ts'
import type { Delivery, DeliveryKind, OpenDelivery } from './delivery.ts'
import type { SendRequest, SendResult } from './send-request.ts'
import { signatureOf } from './signature.ts'

export interface DeliverOptions {
  /** Where the secrets are. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Attempts for each delivery, now. */
  readonly attempts: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** What the delivery needs of the world. */
export interface DeliverySurroundings {
  readonly send: SendRequest
  readonly clock: Clock
  /** For the jitter. */
  readonly random: Pick<Random, 'uniform'>
}

/** Half a second, one, two … and up to as much again, so that many senders do not come back together. */
const FIRST_PAUSE_MS = 500

/**
 * Sends one delivery, again where it may help, and gives it as it stands then. An answer of 2xx is a
 * success; 408, 425, 429, 5xx and the network are tried again; anything else is a no for good.
 */
export async function deliverOne(
  delivery: OpenDelivery,
  options: DeliverOptions,
  { send, clock, random }: DeliverySurroundings,
): Promise<Delivery> {
  const secret = options.env[delivery.secretEnv]
  const now = () => new Date(clock.now()).toISOString()
  if (!secret) {
    const outcome = `the environment variable ${delivery.secretEnv} is not set`
    return { ...delivery, state: 'pending', updated: now(), outcome }
  }
  let current: Delivery = delivery
  for (let attempt = 1; attempt <= options.attempts; attempt++) {
    const seconds = Math.floor(clock.now() / 1000)
    const result = await send({
      url: delivery.url,
      body: delivery.body,
      headers: { ...COMMON, ...HEADERS[delivery.kind](delivery, secret, seconds) },
      ...{ allowPrivate: delivery.allowPrivate, timeoutMs: options.timeoutMs },
      signal: options.signal,
    })
    const { state, outcome } = verdictOn(result)
    current = { ...current, state, outcome, attempts: current.attempts + 1, updated: now() }
    if (state !== 'pending') return current
    if (attempt < options.attempts) {
      const pause = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + random.uniform())
      await sleep(pause, undefined, { signal: options.signal })
    }
  }
  return current
}

const COMMON = { 'content-type': 'application/json', 'user-agent': 'atelier' }

type Headers = (
  delivery: OpenDelivery,
  secret: string,
  seconds: number,
) => Readonly<Record<string, string>>

const HEADERS: Readonly<Record<DeliveryKind, Headers>> = {
  webhook: ({ id, event, body }, secret, seconds) => ({
    'x-atelier-event': event,
    'x-atelier-delivery': id,
    'x-atelier-signature': signatureOf(secret, seconds, body),
  }),
  github: (_, token) => ({
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': '2022-11-28',
  }),
}

const AGAIN: ReadonlySet<number> = new Set([408, 425, 429])

function verdictOn(result: SendResult): Pick<Delivery, 'state' | 'outcome'> {
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
