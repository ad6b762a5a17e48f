import fastify, { type FastifyInstance } from 'fastify'
import type { DriftSource } from '../../contracts/index.ts'
import type { Logger } from '../../core/index.ts'
import { answerErrors, answerMissing } from '../answer-errors.ts'
import { guardRequests } from '../guard-requests.ts'
import { driftPlugin } from './drift-plugin.ts'

export interface MonitorAppOptions {
  readonly source: DriftSource
  /** Host names the server answers to besides localhost and plain addresses. */
  readonly hosts: readonly string[]
  /** Told about defects only. */
  readonly logger: Logger
}

/** The drift service, not listening yet. Reads only: no route changes anything. */
export async function createMonitorApp(options: MonitorAppOptions): Promise<FastifyInstance> {
  const app = fastify({ logger: false, forceCloseConnections: true })
  guardRequests(app, options.hosts)
  answerErrors(app, options.logger)
  answerMissing(app)
  await app.register(driftPlugin, { source: options.source })
  return app
}
