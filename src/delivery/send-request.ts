import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import { refusalOf } from './address-guard.ts'
import { AddressRefused, guardedLookup } from './guarded-lookup.ts'
import { networkReason } from './network-reason.ts'

export interface OutgoingRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly allowPrivate: boolean
  /** For all of it: name, connection, answer. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** `refused`: our own rule, for good. `error`: the network, perhaps another time. */
export type SendResult =
  | { readonly kind: 'answer'; readonly status: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string }

export type SendRequest = (request: OutgoingRequest) => Promise<SendResult>

/**
 * Sends a POST and gives the status of the answer, whose body is not read. The address is checked at
 * the moment of the connection, so a name cannot change its mind in between; redirects are answers.
 */
export async function sendRequest(request: OutgoingRequest): Promise<SendResult> {
  const url = new URL(request.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!/^https?:$/.test(url.protocol))
    return { kind: 'refused', reason: `${url.protocol} is not http` }
  // a name that is an address is never looked up
  const literal = isIP(host) === 0 ? undefined : refusalOf(host, request.allowPrivate)
  if (literal !== undefined) return { kind: 'refused', reason: literal }
  try {
    return { kind: 'answer', status: await post(url, host, request) }
  } catch (error) {
    request.signal?.throwIfAborted()
    if (error instanceof AddressRefused) return { kind: 'refused', reason: error.message }
    return { kind: 'error', reason: reasonOf(error) }
  }
}

function post(url: URL, host: string, request: OutgoingRequest): Promise<number> {
  const { body, headers, allowPrivate, timeoutMs, signal } = request
  const deadline = AbortSignal.timeout(timeoutMs)
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((done, fail) => {
    const sent = start(
      {
        ...{ method: 'POST', host, port: url.port, path: `${url.pathname}${url.search}` },
        ...{ agent: false, lookup: guardedLookup(allowPrivate) },
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      },
      (answer) => {
        answer.destroy()
        done(answer.statusCode ?? 0)
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException
  if (name === 'TimeoutError' || name === 'AbortError') return 'no answer in time'
  return code === undefined ? message : networkReason(code)
}
