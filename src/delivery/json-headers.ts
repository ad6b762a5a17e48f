import { signatureOf } from './signature.ts'

/** Of every request that tells somebody something. */
export const JSON_HEADERS = { 'content-type': 'application/json', 'user-agent': 'atelier' } as const

export interface SignedBody {
  /** Of the delivery, the same in every attempt. */
  readonly id: string
  /** What kind of thing is told. */
  readonly event: string
  readonly body: string
}

/** Headers of a webhook's POST: what it is, and the signature by which a receiver knows who sent it. */
export function webhookHeaders(
  { id, event, body }: SignedBody,
  secret: string,
  seconds: number,
): Readonly<Record<string, string>> {
  return {
    'x-atelier-event': event,
    'x-atelier-delivery': id,
    'x-atelier-signature': signatureOf(secret, seconds, body),
  }
}
