import { createHmac } from 'node:crypto'

/**
 * `t=1763878272,v1=HEX`: seconds since 1970, and the HMAC-SHA256 of `SECONDS.BODY` under the secret. The
 * time is in it so that an old request cannot be sent again later.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const code = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${code}`
}
