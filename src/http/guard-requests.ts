import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { FastifyInstance } from 'fastify'
import { type HttpError, httpError } from './http-error.ts'

/** Scripts and styles come from the server's own files, and from nowhere else. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // blob: is a picture that the page itself was given, before it is sent
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** For answers that a browser may show. */
export const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  // the Try page takes pictures when it is told to
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // the API's answers change while something trains; files set their own
  'cache-control': 'no-store',
} as const

/**
 * Refuses requests under a foreign host name and sets the headers of every answer. A page on the web
 * can point its own name at 127.0.0.1 and would then be of this server's origin (DNS rebinding); but
 * the browser still names that host, and no name can stand for a plain address.
 */
export function guardRequests(app: FastifyInstance, hosts: readonly string[]): void {
  const refusal = hostGuard(hosts)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS)
    const error = refusal(request.headers.host)
    if (error !== undefined) throw error
  })
}

/** Gives the refusal of a `Host` that is neither a plain address nor one of the names. */
export function hostGuard(
  hosts: readonly string[],
): (header: string | undefined) => HttpError | undefined {
  const known = new Set(['localhost', hostname().toLowerCase(), ...hosts])
  return (header) => {
    const name = hostOf(header)
    if (name !== undefined && (known.has(name) || isIP(name) !== 0)) return undefined
    return httpError(
      403,
      'HOST_REFUSED',
      `This server does not answer to the host "${name ?? ''}".`,
    )
  }
}

/** `Host` without its port and brackets, in lower case. */
function hostOf(header: string | undefined): string | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(header ?? '')
  return (match?.[1] ?? match?.[2])?.toLowerCase()
}
