import type { FastifyInstance } from 'fastify'
import {
  type FeedbackAnswer,
  feedbackBodySchema,
  type PredictionFeedback,
} from '../../contracts/index.ts'
import { AtelierError, type Clock, nearestName } from '../../core/index.ts'
import type { PredictionService } from '../../serving/index.ts'
import { httpError } from '../http-error.ts'

/** Takes a true label; throws what a client should hear when it has nothing to put it to. */
export type OnFeedback = (feedback: PredictionFeedback) => void | Promise<void>

export interface FeedbackOptions {
  readonly service: PredictionService
  /** Undefined: predictions are not logged, so there is nothing a label could be put to. */
  readonly onFeedback: OnFeedback | undefined
  readonly clock: Clock
}

const BODY_LIMIT = 4096

/** The true class of a picture that was predicted before. */
export async function feedbackPlugin(app: FastifyInstance, options: FeedbackOptions) {
  const { service, onFeedback, clock } = options
  const how = { config: { access: 'token' }, bodyLimit: BODY_LIMIT } as const
  app.post('/feedback', how, async (request, reply): Promise<FeedbackAnswer> => {
    const parsed = feedbackBodySchema.safeParse(request.body)
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!
      throw httpError(422, 'BODY_INVALID', `Body '${path.join('.')}': ${message}.`)
    }
    if (onFeedback === undefined) {
      throw httpError(
        404,
        'FEEDBACK_UNAVAILABLE',
        'This service keeps no prediction log that a label could be added to.',
      )
    }
    requireClass(service, parsed.data.label)
    await onFeedback({ ...parsed.data, time: clock.now() })
    return reply.code(202).send(parsed.data)
  })
}

function requireClass({ slot }: PredictionService, label: string): void {
  const { current } = slot
  if (current === undefined) throw new AtelierError('MODEL_NOT_LOADED', 'There is no model yet.')
  const { classes } = current.model.manifest
  if (classes.includes(label)) return
  const near = nearestName(label, classes)
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`
  throw httpError(422, 'LABEL_UNKNOWN', `The model has no class "${label}".${hint}`)
}
