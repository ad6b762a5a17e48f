import type { FastifyInstance } from 'fastify'
import type { PredictionService } from '../../serving/index.ts'
import { predictAnswerText } from './predict-answer.ts'
import { readPicture } from './read-picture.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** One picture. */
export async function predictPlugin(
  app: FastifyInstance,
  { service }: { readonly service: PredictionService },
) {
  const { classifier, config } = service
  app.post('/predict', { config: { access: 'predict' } }, async (request, reply) => {
    const { name, bytes } = readPicture(request, config.max_file_bytes)
    const { socket } = request
    const answer = await classifier.classify(bytes, {
      name: name ?? 'the picture',
      isGone: () => socket.destroyed,
    })
    reply.header('content-type', JSON_TYPE)
    return predictAnswerText(answer)
  })
}
