import type { FastifyInstance } from 'fastify'
import { httpError } from '../http-error.ts'

/**
 * What there is no route for is answered with 404, or 405 where another method would do. Register
 * before the routes.
 */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return
    const pattern = url.replaceAll(/[.]/g, '\\.').replaceAll(/:[^/]+/g, '[^/]+')
    routes.push({ pattern: new RegExp(`^${pattern}$`), methods: [method].flat() })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]!
    const methods = routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => route.methods)
    if (methods.length === 0) throw httpError(404, 'NOT_FOUND', `There is nothing at ${path}.`)
    reply.header('allow', [...new Set(methods)].sort().join(', '))
    throw httpError(405, 'METHOD_NOT_ALLOWED', `${path} does not take ${request.method}.`)
  })
}
