import fastify, { type FastifyInstance } from 'fastify'
import type { Logger } from '../../core/index.ts'
import type { PredictionService } from '../../serving/index.ts'
import { answerErrors } from '../answer-errors.ts'
import { aboutPlugin } from './about-plugin.ts'
import { predictPlugin } from './predict-plugin.ts'
import { acceptPictures } from './read-picture.ts'

export interface ServiceAppOptions {
  readonly service: PredictionService
  /** Atelier's own version. */
  readonly version: string
  /** Told about defects only. */
  readonly logger: Logger
}

/** The inference service, not listening yet. */
export async function createServiceApp(options: ServiceAppOptions): Promise<FastifyInstance> {
  const { service, logger, version } = options
  const { config } = service
  const app = fastify({
    logger: false,
    bodyLimit: config.max_request_bytes,
    requestTimeout: config.request_timeout_ms,
    routerOptions: { maxParamLength: 300 },
  })
  answerErrors(app, logger, { IMAGE_UNREADABLE: 400, IMAGE_TOO_LARGE: 413 })
  acceptPictures(app)
  await app.register(aboutPlugin, { service, version, isStopping: () => false })
  await app.register(predictPlugin, { service })
  return app
}
