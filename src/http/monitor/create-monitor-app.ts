import fastify, { type FastifyInstance } from 'fastify'
import type { MonitorSource } from '../../contracts/index.ts'
import type { Clock, Logger } from '../../core/index.ts'
import { answerErrors } from '../answer-errors.ts'
import { requireAccessRules } from '../service/access.ts'
import { guardService } from '../service/guard-service.ts'
import { refuseBrokenRequests, serverLimits } from '../service/http-limits.ts'
import { answerUnknownRoutes } from '../service/unknown-routes.ts'
import { alertsPlugin } from './alerts-plugin.ts'
import { driftPlugin } from './drift-plugin.ts'
import { monitorMetricsPlugin } from './monitor-metrics-plugin.ts'

export interface MonitorAppOptions {
  readonly source: MonitorSource
  /** Host names the server answers to besides localhost and plain addresses; undefined: to any. */
  readonly hosts: readonly string[] | undefined
  /** What clients send as a bearer token for all but `/health` and `/ready`; undefined: nobody needs one. */
  readonly token: string | undefined
  readonly clock: Clock
  /** Told about defects only. */
  readonly logger: Logger
}

const LIMITS = { max_request_bytes: 4096, request_timeout_ms: 10_000 }

/** The monitoring service, not listening yet. Nothing is changed but that an alert was seen. */
export async function createMonitorApp(options: MonitorAppOptions): Promise<FastifyInstance> {
  const { source, hosts, token, clock, logger } = options
  const app = fastify({ logger: false, forceCloseConnections: true, ...serverLimits(LIMITS) })
  refuseBrokenRequests(app)
  requireAccessRules(app)
  answerErrors(app, logger)
  answerUnknownRoutes(app)
  const never = { rateLimit: null, protectPredict: false, isStopping: () => false }
  guardService(app, { ...never, hosts, token, clock })
  await app.register(driftPlugin, { source })
  await app.register(alertsPlugin, { source })
  await app.register(monitorMetricsPlugin, { source, clock })
  return app
}
