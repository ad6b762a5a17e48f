import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AtelierError } from '../../core/index.ts'

/** Bodies up to this size are bounded by the number of connections. */
const SMALL_BYTES = 16 * 1024
const BUDGET_BYTES = 64 * 2 ** 20

/**
 * Large bodies that are held in memory at the same time, together: what comes on top is answered with
 * 503 before it is read. One body that is larger than the whole budget is let in alone.
 */
export function limitBodies(app: FastifyInstance): void {
  const held = new WeakMap<FastifyRequest, number>()
  let total = 0
  const release = (request: FastifyRequest) => {
    total -= held.get(request) ?? 0
    held.delete(request)
  }
  app.addHook('onRequest', (request, reply, done) => {
    const bytes = announcedBytes(request)
    if (bytes <= SMALL_BYTES) return done()
    if (total > 0 && total + bytes > BUDGET_BYTES) {
      reply.header('connection', 'close')
      return done(new AtelierError('SERVICE_OVERLOADED', 'Too many large pictures at once.'))
    }
    total += bytes
    held.set(request, bytes)
    reply.raw.once('close', () => release(request))
    done()
  })
}

/** A body that does not tell its length counts as large as it may become. */
function announcedBytes({ method, headers, rule }: FastifyRequest): number {
  if (method !== 'POST') return 0
  if (headers['transfer-encoding'] !== undefined) return rule.bodyLimit
  return Number(headers['content-length'] ?? 0)
}
