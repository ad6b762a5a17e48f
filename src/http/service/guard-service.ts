import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../core/index.ts'
import { hostGuard, PAGE_HEADERS } from '../guard-requests.ts'
import { type HttpError, httpError } from '../http-error.ts'
import { type AccessOptions, accessGuard, ruleReader } from './access.ts'
import { DATA_HEADERS } from './data-headers.ts'
import { rateLimiter } from './rate-limit.ts'

export interface GuardOptions extends AccessOptions {
  /**
   * Names the server answers to besides localhost and plain addresses; undefined: to any, behind a
   * proxy or in a cluster, where the token takes their place.
   */
  readonly hosts: readonly string[] | undefined
  /** Requests per minute and address; null: any number. */
  readonly rateLimit: number | null
  /** Whether the service has begun to stop: every answer is then the last of its connection. */
  readonly isStopping: () => boolean
  readonly clock: Clock
}

/** Probes come every few seconds from one address and must never be turned away; a page is many files. */
const UNLIMITED: ReadonlySet<string | undefined> = new Set([
  '/health',
  '/ready',
  '/v2/health/live',
  '/v2/health/ready',
])

/** What every request must pass, in this order: host, origin, rate, token. */
export function guardService(app: FastifyInstance, options: GuardOptions): void {
  const { hosts, rateLimit, isStopping, clock } = options
  const refuseHost = hosts === undefined ? () => undefined : hostGuard(hosts)
  const refuseAccess = accessGuard(options)
  const waitOf = rateLimit === null ? undefined : rateLimiter(rateLimit, clock)
  const wait = waitOf === undefined ? () => 0 : ({ ip }: FastifyRequest) => waitOf(ip)
  const ruleOf = ruleReader()

  const refusal = (request: FastifyRequest, reply: FastifyReply): HttpError | undefined => {
    const wrong = refuseHost(request.headers.host) ?? refuseOrigin(request)
    if (wrong !== undefined) return wrong
    const { url, page } = request.rule
    const seconds = page || UNLIMITED.has(url) ? 0 : wait(request)
    if (seconds > 0) {
      reply.header('retry-after', String(Math.ceil(seconds)))
      return httpError(429, 'RATE_LIMITED', `At most ${rateLimit} requests a minute are answered.`)
    }
    const denied = refuseAccess(request)
    if (denied !== undefined) reply.header('www-authenticate', 'Bearer')
    return denied
  }

  app.decorateRequest('rule')
  app.addHook('onRequest', (request, reply, done) => {
    request.rule = ruleOf(request)
    reply.headers(request.rule.page ? PAGE_HEADERS : DATA_HEADERS)
    if (isStopping()) reply.header('connection', 'close')
    done(refusal(request, reply))
  })
}

/** A page of another site can send forms here in its visitor's name, but must say where it is from. */
function refuseOrigin({ method, headers }: FastifyRequest): HttpError | undefined {
  if (method !== 'POST') return undefined
  const { origin, host } = headers
  if (origin === undefined || origin.replace(/^https?:\/\//, '') === host) return undefined
  return httpError(403, 'ORIGIN_REFUSED', 'Pages of other sites may not send anything here.')
}
