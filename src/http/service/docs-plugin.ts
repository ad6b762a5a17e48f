import type { FastifyInstance } from 'fastify'
import type { Access } from './access.ts'

export interface DocsOptions {
  readonly version: string
  /** Which kinds of routes want the token. */
  readonly guarded: ReadonlySet<Access>
}

/** The documentation, made when it is first asked for: a server that nobody reads about starts sooner. */
export async function docsPlugin(app: FastifyInstance, { version, guarded }: DocsOptions) {
  const page = { config: { access: 'open', page: true } } as const
  app.get('/docs', page, async (_, reply) => {
    const { docsPage } = await import('./docs-page.ts')
    return reply.type('text/html; charset=utf-8').send(docsPage(version))
  })
  app.get('/docs.css', page, async (_, reply) => {
    const { DOCS_CSS } = await import('./docs-page.ts')
    return reply.type('text/css; charset=utf-8').send(DOCS_CSS)
  })
  app.get('/openapi.json', { config: { access: 'open' } }, async (_, reply) => {
    const { openApiDocument } = await import('./openapi.ts')
    return reply.type('application/json; charset=utf-8').send(openApiDocument({ version, guarded }))
  })
}
