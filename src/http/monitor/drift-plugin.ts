import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { DriftAnswer, DriftQuery, DriftSource, MonitorSource } from '../../contracts/index.ts'
import { toAtelierError } from '../../core/index.ts'
import { integerSchema, readQuery } from '../read-query.ts'

const ENDPOINTS = [
  ...['/drift-report', '/drift', '/history', '/alerts', '/alerts/{id}/ack'],
  ...['/metrics', '/health', '/ready'],
] as const
const MOST_ROWS = 10_000_000

/** The page has its styles inside and loads nothing. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"

const text = z.string().min(1).max(200)
const querySchema = z.strictObject({
  last: integerSchema(1, MOST_ROWS).optional(),
  from: text.optional(),
  to: text.optional(),
  model: text.optional(),
})
const historyQuerySchema = querySchema.extend({
  windows: integerSchema(3, 96).optional(),
  checks: integerSchema(1, 10_000).optional(),
})
const driftQuerySchema = querySchema.extend({ format: z.enum(['atelier', 'evidently']).optional() })

/** The report as a page and as JSON, verdicts over time, and how the service is. */
export async function driftPlugin(
  app: FastifyInstance,
  { source }: { readonly source: MonitorSource },
): Promise<void> {
  const drift = sharedAnswers(source)
  const open = { config: { access: 'open' } } as const
  const guarded = { config: { access: 'token' } } as const

  app.get('/', guarded, async () => ({
    ok: true,
    endpoints: ENDPOINTS,
    watches: source.description,
  }))

  app.get('/drift-report', guarded, async ({ query }, reply) => {
    const { page } = await drift(readQuery(querySchema, query))
    reply.headers({
      'content-security-policy': PAGE_POLICY,
      'content-type': 'text/html; charset=utf-8',
    })
    return page
  })

  app.get('/drift', guarded, async ({ query }) => {
    const { format, ...window } = readQuery(driftQuerySchema, query)
    const { report, evidently } = await drift(window)
    return format === 'evidently' ? evidently : report
  })

  app.get('/history', guarded, async ({ query }) =>
    source.history(readQuery(historyQuerySchema, query)),
  )

  app.get('/health', open, async () => ({ status: 'healthy' }))

  app.get('/ready', open, async (_, reply) => {
    try {
      await source.probe()
      return { ready: true }
    } catch (error) {
      const { message, code } = toAtelierError(error)
      return reply.code(503).send({ ready: false, detail: message, code })
    }
  })
}

/** Who asks the same while it is worked out gets the same answer: a report takes a second of the processor. */
function sharedAnswers(source: DriftSource): (query: DriftQuery) => Promise<DriftAnswer> {
  const running = new Map<string, Promise<DriftAnswer>>()
  return (query) => {
    const key = JSON.stringify([query.last, query.from, query.to, query.model])
    const known = running.get(key)
    if (known !== undefined) return known
    const answer = source.drift(query).finally(() => running.delete(key))
    running.set(key, answer)
    return answer
  }
}
