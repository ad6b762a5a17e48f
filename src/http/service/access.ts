import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { type HttpError, httpError } from '../http-error.ts'

/** Who may call a route; every route of the service says so. */
export type Access = 'open' | 'predict' | 'token'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `predict` is open unless the configuration protects predictions. */
    readonly access?: Access
  }
}

export interface AccessOptions {
  /** What clients send as `Authorization: Bearer …`; undefined: nobody needs it. */
  readonly token: string | undefined
  readonly protectPredict: boolean
}

/** A route without an access rule is a mistake of ours: the server does not start. */
export function requireAccessRules(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.addHook('onReady', async () => {
    const bare = routes.find(({ config }) => config?.access === undefined)
    if (bare !== undefined) throw new Error(`The route ${bare.url} has no access rule.`)
  })
}

/** Gives the refusal of a request that may not come in. */
export function accessGuard({
  token,
  protectPredict,
}: AccessOptions): (request: FastifyRequest) => HttpError | undefined {
  if (token === undefined) return () => undefined
  const wanted = digestOf(token)
  return (request) => {
    // what there is no route for has nothing to protect
    const access = request.routeOptions.config.access ?? 'open'
    if (access === 'open' || (access === 'predict' && !protectPredict)) return undefined
    const given = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1]
    // of digests, because comparing takes equal lengths, and equally long for any
    if (given !== undefined && timingSafeEqual(digestOf(given), wanted)) return undefined
    return httpError(401, 'UNAUTHORIZED', 'Send the token as "Authorization: Bearer TOKEN".')
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
