import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import type { Attempt } from './attempt.ts'
import { AddressRefused, allowedAddress } from './guarded-lookup.ts'
import { networkReason } from './network-reason.ts'

export interface OutgoingMail {
  readonly host: string
  readonly port: number
  /** `implicit` from the first byte, `starttls` before anything is told; `none` sends all in the clear. */
  readonly tls: 'none' | 'starttls' | 'implicit'
  readonly login: { readonly user: string; readonly password: string } | undefined
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  /** `<id@place>`; the same in every attempt. */
  readonly messageId: string
  /** Of the mail it belongs under. */
  readonly inReplyTo?: string | undefined
  readonly allowPrivate: boolean
  readonly timeoutMs: number
}

export type SendMail = (mail: OutgoingMail) => Promise<Attempt>

/**
 * Sends a mail. The name is looked up once and the connection goes to the address that was checked; the
 * certificate must still be of the name.
 */
export async function sendMail(mail: OutgoingMail): Promise<Attempt> {
  const { host, port, tls, login, timeoutMs } = mail
  try {
    const address = await allowedAddress(host, mail.allowPrivate)
    const transport = createTransport({
      ...{ host: address, port, secure: tls === 'implicit' },
      // an address has no name that a certificate could be of
      ...(isIP(host) === 0 && { tls: { servername: host } }),
      ...{ requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
      ...(login && { auth: { user: login.user, pass: login.password } }),
      ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
      ...{ disableFileAccess: true, disableUrlAccess: true },
    })
    try {
      const { response } = await transport.sendMail(contentOf(mail))
      return { state: 'delivered', outcome: `SMTP ${response.slice(0, 3)}` }
    } finally {
      transport.close()
    }
  } catch (error) {
    return attemptOfFailure(error)
  }
}

function contentOf({ from, to, subject, text, messageId, inReplyTo }: OutgoingMail) {
  return {
    ...{ from, to: [...to], subject, text, messageId },
    ...(inReplyTo && { inReplyTo, references: inReplyTo }),
    // no machine is to answer it
    headers: { 'auto-submitted': 'auto-generated' },
  }
}

interface MailError {
  /** What part of sending failed. */
  readonly code?: string
  /** Of the network's error, where it was one. */
  readonly originalCode?: string
  readonly responseCode?: number
}

/** A server's 5xx is a no for good, its 4xx and the network are not. Its words may repeat what it was told. */
function attemptOfFailure(error: unknown): Attempt {
  if (error instanceof AddressRefused) return { state: 'failed', outcome: error.message }
  const { code = 'failed', originalCode, responseCode } = error as MailError
  const outcome = responseCode
    ? `${code}, SMTP ${responseCode}`
    : networkReason(originalCode ?? code)
  return {
    state: responseCode !== undefined && responseCode >= 500 ? 'failed' : 'pending',
    outcome,
  }
}
