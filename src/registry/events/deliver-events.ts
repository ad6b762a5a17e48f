import type { Clock, Random } from '../../core/index.ts'
import {
  attemptOf,
  JSON_HEADERS,
  type SendRequest,
  tryRepeatedly,
  webhookHeaders,
} from '../../delivery/index.ts'
import type { DeliveryKind, OpenDelivery } from './delivery.ts'

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

/** Sends one delivery, again where it may help, and gives it as it stands then. */
export async function deliverOne(
  delivery: OpenDelivery,
  { env, attempts, timeoutMs, signal }: DeliverOptions,
  { send, clock, random }: DeliverySurroundings,
): Promise<OpenDelivery> {
  const { secretEnv, url, body, kind, allowPrivate } = delivery
  const secret = env[secretEnv]
  const now = () => new Date(clock.now()).toISOString()
  if (!secret) {
    const outcome = `the environment variable ${secretEnv} is not set`
    return { ...delivery, state: 'pending', updated: now(), outcome }
  }
  const post = async () => {
    const seconds = Math.floor(clock.now() / 1000)
    const headers = { ...JSON_HEADERS, ...HEADERS[kind](delivery, secret, seconds) }
    return attemptOf(await send({ url, body, headers, allowPrivate, timeoutMs, signal }))
  }
  const tried = await tryRepeatedly(post, { attempts, random, signal })
  return { ...delivery, ...tried, attempts: delivery.attempts + tried.attempts, updated: now() }
}

type Headers = (
  delivery: OpenDelivery,
  secret: string,
  seconds: number,
) => Readonly<Record<string, string>>

const HEADERS: Readonly<Record<DeliveryKind, Headers>> = {
  webhook: webhookHeaders,
  github: (_, token) => ({
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'x-github-api-version': '2022-11-28',
  }),
}
