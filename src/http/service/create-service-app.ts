import fastify, { type FastifyInstance } from 'fastify'
import type { Clock, Logger } from '../../core/index.ts'
import type { PredictionService } from '../../serving/index.ts'
import { answerErrors } from '../answer-errors.ts'
import { pagesPlugin } from '../pages-plugin.ts'
import { aboutPlugin } from './about-plugin.ts'
import { type Access, requireAccessRules } from './access.ts'
import { limitBodies } from './body-budget.ts'
import { docsPlugin } from './docs-plugin.ts'
import { feedbackPlugin, type OnFeedback } from './feedback-plugin.ts'
import { guardService } from './guard-service.ts'
import { refuseBrokenRequests, serverLimits } from './http-limits.ts'
import { countAnswers, metricsPlugin } from './metrics-plugin.ts'
import { predictPlugin } from './predict-plugin.ts'
import { acceptPictures } from './read-picture.ts'
import { CODE_STATUSES } from './service-errors.ts'
import type { ServiceMetrics } from './service-metrics.ts'
import { answerUnknownRoutes } from './unknown-routes.ts'
import { v2Plugin } from './v2-plugin.ts'

export interface ServiceAppOptions {
  readonly service: PredictionService
  readonly metrics: ServiceMetrics
  readonly onFeedback?: OnFeedback | undefined
  /** Told of the status of every answer to a request for predictions. */
  readonly onAnswer?: ((status: number) => void) | undefined
  /** What clients send as a bearer token; undefined: nobody needs one. */
  readonly token?: string | undefined
  /** Names it answers to besides localhost and plain addresses; undefined: to any. */
  readonly hosts: readonly string[] | undefined
  /** The built pages. */
  readonly pages: string
  /** Atelier's own version. */
  readonly version: string
  /** Whether the service has begun to stop. */
  readonly isStopping: () => boolean
  readonly clock: Clock
  /** Told about defects only. */
  readonly logger: Logger
}

/** The inference service, not listening yet. */
export async function createServiceApp(options: ServiceAppOptions): Promise<FastifyInstance> {
  const { service, logger, token, metrics } = options
  const { config } = service
  const app = fastify({ logger: false, ...serverLimits(config) })
  refuseBrokenRequests(app)
  requireAccessRules(app)
  answerErrors(app, logger, CODE_STATUSES)
  answerUnknownRoutes(app)
  guardService(app, {
    ...options,
    token,
    protectPredict: config.protect_predict,
    rateLimit: config.rate_limit,
  })
  limitBodies(app)
  countAnswers(app, metrics, options.onAnswer)
  acceptPictures(app)
  await registerRoutes(app, options)
  metrics.watch(service)
  return app
}

async function registerRoutes(app: FastifyInstance, options: ServiceAppOptions): Promise<void> {
  const { service, token } = options
  await app.register(aboutPlugin, options)
  await app.register(predictPlugin, options)
  await app.register(feedbackPlugin, { onFeedback: undefined, ...options })
  await app.register(metricsPlugin, options)
  await app.register(docsPlugin, {
    version: options.version,
    guarded: guardedAccess(token, service.config.protect_predict),
  })
  await app.register(v2Plugin, { ...options, prefix: '/v2' })
  await app.register(servePages, { folder: options.pages, prefix: '/ui' })
}

function guardedAccess(token: string | undefined, predict: boolean): ReadonlySet<Access> {
  if (token === undefined) return new Set()
  return new Set<Access>(predict ? ['token', 'predict'] : ['token'])
}

/** The pages are for everybody: what they show comes from routes that are guarded. */
async function servePages(app: FastifyInstance, { folder }: { readonly folder: string }) {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, access: 'open', page: true }
  })
  await app.register(pagesPlugin, { folder, servedBy: 'service' })
}
