import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { MonitorSource } from '../../contracts/index.ts'
import { httpError } from '../http-error.ts'

/** One line, as it goes into mails and tables. */
const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'no control characters are allowed')
const bodySchema = z.strictObject({ by: name.optional() }).nullish()

/** Where the rules stand, and that somebody has seen an alert. */
export async function alertsPlugin(
  app: FastifyInstance,
  { source }: { readonly source: MonitorSource },
): Promise<void> {
  const guarded = { config: { access: 'token' } } as const

  app.get('/alerts', guarded, () => source.alerts())

  app.post('/alerts/:id/ack', guarded, async ({ params, body }) => {
    const parsed = bodySchema.safeParse(body)
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!
      throw httpError(422, 'BODY_INVALID', `Body '${path.join('.')}': ${message}.`)
    }
    const { id } = params as { readonly id: string }
    return source.acknowledge(id, parsed.data?.by ?? 'somebody')
  })
}
