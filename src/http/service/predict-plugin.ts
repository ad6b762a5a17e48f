import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import { type Clock, toAtelierError } from '../../core/index.ts'
import {
  type Classification,
  type HeldModel,
  overloaded,
  type PictureRequest,
  type PredictionService,
} from '../../serving/index.ts'
import { errorAnswer } from '../answer-errors.ts'
import { batchAnswerText, type PictureAnswer, predictAnswerText } from './predict-answer.ts'
import { FORM_BYTES, readPicture, readPictures, type SentPicture } from './read-picture.ts'
import { CODE_STATUSES } from './service-errors.ts'
import type { ServiceMetrics } from './service-metrics.ts'

export interface PredictOptions {
  readonly service: PredictionService
  readonly metrics: ServiceMetrics
  readonly clock: Clock
}

const JSON_TYPE = 'application/json; charset=utf-8'

/** One picture, or some. */
export async function predictPlugin(app: FastifyInstance, options: PredictOptions) {
  const { service, metrics, clock } = options
  const { classifier, config } = service
  const onRequest = turnAway(service)
  const common = { config: { access: 'predict' }, onRequest } as const
  const single = { ...common, bodyLimit: config.max_file_bytes + FORM_BYTES }

  app.post('/predict', single, async (request, reply) => {
    const { name, bytes } = readPicture(request, config.max_file_bytes)
    const answer = await counted(metrics, classifier.classify(bytes, requestOf(request, name)))
    reply.header('content-type', JSON_TYPE)
    const withInput = (request.query as { include?: unknown }).include === 'input'
    return predictAnswerText(answer, withInput)
  })

  app.post('/predict/batch', common, async (request, reply) => {
    const started = clock.monotonic()
    const pictures = readPictures(request, config.max_files)
    const held = service.classifier.hold()
    const answers = await predictAll(held, request, pictures, options).finally(held.release)
    reply.header('content-type', JSON_TYPE)
    const seconds = (clock.monotonic() - started) / 1000
    return batchAnswerText(pictures, answers, held.model, seconds)
  })
}

/**
 * A picture that would find no place in the queue is not even read. Refusals must cost much less than
 * answers, or they leave no time for them: what they say is made once.
 */
function turnAway({ slot }: PredictionService): onRequestHookHandler {
  const { status, body } = errorAnswer(overloaded(), CODE_STATUSES)
  const text = JSON.stringify(body)
  return (_request, reply, done) => {
    if (!slot.current?.pool.full) return done()
    reply.code(status).headers({ 'retry-after': '1', 'content-type': JSON_TYPE }).send(text)
  }
}

/**
 * Some at a time, so that one request does not fill the queue of all. A picture that cannot be read is
 * answered by its error; what would fail every picture fails the request.
 */
async function predictAll(
  held: HeldModel,
  request: FastifyRequest,
  pictures: readonly SentPicture[],
  { service, metrics }: PredictOptions,
): Promise<PictureAnswer[]> {
  const { config } = service
  const answers: PictureAnswer[] = []
  const classify = async ({ name, bytes }: SentPicture): Promise<PictureAnswer> => {
    try {
      return await counted(metrics, held.classify(bytes, requestOf(request, name)))
    } catch (thrown) {
      const error = toAtelierError(thrown)
      if (error.kind !== 'input') throw error
      const { detail, code } = errorAnswer(error, CODE_STATUSES).body
      return { error: detail, code }
    }
  }
  for (let at = 0; at < pictures.length; at += config.max_batch) {
    const some = pictures.slice(at, at + config.max_batch)
    answers.push(...(await Promise.all(some.map(classify))))
  }
  return answers
}

function requestOf({ socket }: FastifyRequest, name = 'The picture'): PictureRequest {
  return { name, isGone: () => socket.destroyed }
}

async function counted(
  metrics: ServiceMetrics,
  answer: Promise<Classification>,
): Promise<Classification> {
  try {
    const given = await answer
    metrics.predicted(1)
    return given
  } catch (error) {
    metrics.failed(toAtelierError(error).code)
    throw error
  }
}
