import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { type HttpError, httpError } from '../http-error.ts'

/** Who may call a route; every route of the service says so. */
export type Access = 'open' | 'predict' | 'token'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `predict` is open unless the configuration protects predictions. */
    readonly access?: Access
    /** Whether its answers are pages for a browser. */
    readonly page?: boolean
  }
  interface FastifyRequest {
    /** Set before anything else is done with it. */
    rule: RouteRule
  }
  interface FastifyInstance {
    accessRules(): readonly RouteAccess[]
  }
}

export interface AccessOptions {
  /** What clients send as `Authorization: Bearer …`; undefined: nobody needs it. */
  readonly token: string | undefined
  readonly protectPredict: boolean
}

export interface RouteAccess {
  readonly method: string
  /** With `:parameter` and `*`. */
  readonly url: string
  readonly access: Access
}

/**
 * Keeps `app.accessRules`, all routes with their rules, from here on. A route without a rule is a
 * mistake of ours: the server does not start.
 */
export function requireAccessRules(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  app.decorate('accessRules', () =>
    routes.flatMap(({ method, url, config }) => {
      const { access } = config ?? {}
      if (access === undefined) throw new Error(`The route ${url} has no access rule.`)
      return [method].flat().map((name) => ({ method: name, url, access }))
    }),
  )
  app.addHook('onReady', async () => {
    app.accessRules()
  })
}

/** What is known of a route beforehand. */
export interface RouteRule {
  /** With its parameters' names; undefined where there is no route. */
  readonly url: string | undefined
  readonly access: Access
  readonly page: boolean
  readonly bodyLimit: number
}

/** Gives the rule of a request's route. Fastify makes an object at every look at it; this makes one. */
export function ruleReader(): (request: FastifyRequest) => RouteRule {
  const known = new WeakMap<object, RouteRule>()
  return ({ routeOptions }) => {
    const { config } = routeOptions
    const found = known.get(config)
    if (found !== undefined) return found
    const { url, bodyLimit } = routeOptions
    // what there is no route for has nothing to protect
    const { access = 'open', page = false } = config
    const rule = { url, access, page, bodyLimit }
    known.set(config, rule)
    return rule
  }
}

/** Gives the refusal of a request that may not come in. */
export function accessGuard({
  token,
  protectPredict,
}: AccessOptions): (request: FastifyRequest) => HttpError | undefined {
  if (token === undefined) return () => undefined
  const wanted = digestOf(token)
  return (request) => {
    const { access } = request.rule
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
