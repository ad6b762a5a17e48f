import type { FastifyInstance } from 'fastify'
import type {
  ClassesAnswer,
  HealthAnswer,
  ReadyAnswer,
  RootAnswer,
  VersionAnswer,
} from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { PredictionService } from '../../serving/index.ts'
import { readiness } from './readiness.ts'

export interface AboutOptions {
  readonly service: PredictionService
  /** Atelier's own version. */
  readonly version: string
  /** Whether the service has begun to stop. */
  readonly isStopping: () => boolean
}

/** What the service is, and how it is. */
export async function aboutPlugin(app: FastifyInstance, options: AboutOptions) {
  const { service } = options
  const { slot } = service
  const open = { config: { access: 'open' } } as const

  app.get('/', open, async (): Promise<RootAnswer> => {
    const classes = slot.current?.model.manifest.classes ?? []
    return {
      message: 'Atelier: image classification. Send a picture to POST /predict; see /docs.',
      model_loaded: slot.current !== undefined,
      classes: [...classes],
    }
  })

  app.get('/health', open, async (): Promise<HealthAnswer> => {
    const isLoaded = slot.current !== undefined
    return {
      status: isLoaded ? 'healthy' : 'degraded',
      model_loaded: isLoaded,
      model_path: slot.uri,
    }
  })

  app.get('/ready', open, async (_, reply): Promise<ReadyAnswer> => {
    const answer = readiness(service, options.isStopping())
    if (!answer.ready) reply.code(503)
    return answer
  })

  app.get('/classes', open, async (): Promise<ClassesAnswer> => {
    const { current } = slot
    if (current === undefined) throw new AtelierError('MODEL_NOT_LOADED', 'There is no model yet.')
    const { classes } = current.model.manifest
    return { classes: [...classes], num_classes: classes.length }
  })

  app.get('/version', { config: { access: 'token' } }, async (): Promise<VersionAnswer> => {
    const model = slot.current?.model
    const { name, version, sha256 } = model?.identity ?? {}
    return {
      atelier: options.version,
      node: process.versions.node,
      model: name === undefined ? null : { name, version: version ?? null, sha256: sha256 ?? '' },
      fingerprint: model?.identity.fingerprint ?? null,
      geometry: model?.manifest.preprocessing.geometry ?? null,
    }
  })
}
