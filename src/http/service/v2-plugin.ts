import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PredictionModel } from '../../contracts/index.ts'
import type { Classification, HeldModel, PredictionService } from '../../serving/index.ts'
import { errorAnswer } from '../answer-errors.ts'
import { httpError } from '../http-error.ts'
import { readiness } from './readiness.ts'
import { CODE_STATUSES } from './service-errors.ts'
import type { ServiceMetrics } from './service-metrics.ts'
import {
  INPUT,
  type InferRequest,
  OUTPUTS,
  readBinaryRequest,
  readJsonRequest,
  writeAnswer,
} from './v2-tensors.ts'

export interface V2Options {
  readonly service: PredictionService
  readonly metrics: ServiceMetrics
  readonly isStopping: () => boolean
  /** Atelier's own version. */
  readonly version: string
}

/** The model goes by this name, too: its own may change when another version takes over. */
const ANY_NAME = 'model'
const JSON_LENGTH = 'inference-header-content-length'

/** The Open Inference Protocol, version 2, with the binary extension. Register with the prefix `/v2`. */
export async function v2Plugin(app: FastifyInstance, options: V2Options) {
  const { service, version } = options
  const open = { config: { access: 'open' } } as const
  const predict = { config: { access: 'predict' } } as const
  answerErrorsAsV2(app)

  app.get('', open, async () => ({
    name: 'atelier',
    version,
    extensions: ['binary_tensor_data'],
  }))
  app.get('/health/live', open, async () => ({ live: true }))
  app.get('/health/ready', open, async (_, reply) => {
    const { ready } = readiness(service, options.isStopping())
    return reply.code(ready ? 200 : 503).send({ ready })
  })
  for (const path of ['/models/:model', '/models/:model/versions/:version']) {
    app.get(path, open, async (request) => describe(findModel(service, request)))
    app.get(`${path}/ready`, open, async (request, reply) => {
      const { name } = findModel(service, request).identity
      const { ready } = readiness(service, options.isStopping())
      return reply.code(ready ? 200 : 503).send({ name, ready })
    })
    app.post(`${path}/infer`, predict, (request, reply) => infer(request, reply, options))
  }
}

function answerErrorsAsV2(app: FastifyInstance): void {
  app.setErrorHandler((thrown, _, reply) => {
    const { status, body } = errorAnswer(thrown, CODE_STATUSES)
    if (status === 503) reply.header('retry-after', '1')
    return reply.code(status).send({ error: body.detail })
  })
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `There is nothing at ${request.url}.` }),
  )
}

type Model = HeldModel['model']

function versionOf({ version }: PredictionModel): string {
  return String(version ?? 1)
}

function findModel({ slot }: PredictionService, request: FastifyRequest): Model {
  const model = slot.current?.model
  const { model: name, version } = request.params as { model: string; version?: string }
  const isKnown = name === ANY_NAME || name === model?.identity.name
  const isVersion =
    model !== undefined && (version === undefined || version === versionOf(model.identity))
  if (isKnown && isVersion) return model
  const label = version === undefined ? name : `${name}, version ${version}`
  throw httpError(404, 'NOT_FOUND', `The model ${label} is not served here.`)
}

function describe({ manifest, identity }: Model) {
  const { channels, height, width } = manifest.preprocessing.geometry
  return {
    name: identity.name,
    versions: [versionOf(identity)],
    platform: 'onnx_onnxv1',
    inputs: [{ name: INPUT, datatype: 'UINT8', shape: [-1, channels, height, width] }],
    outputs: OUTPUTS.map((name) => ({
      name,
      datatype: 'FP32',
      shape: [-1, manifest.classes.length],
    })),
  }
}

async function infer(request: FastifyRequest, reply: FastifyReply, options: V2Options) {
  const { service } = options
  findModel(service, request)
  const held = service.classifier.hold()
  try {
    const asked = readRequest(request, held.model, service.config.max_files)
    const results = await runAll(held, asked, request, options)
    return sendAnswer(reply, held.model, asked, results)
  } finally {
    held.release()
  }
}

function readRequest(
  { body, headers }: FastifyRequest,
  { manifest }: Model,
  maxImages: number,
): InferRequest {
  const limits = { geometry: manifest.preprocessing.geometry, maxImages }
  const length = headers[JSON_LENGTH]
  return Buffer.isBuffer(body)
    ? readBinaryRequest(body, typeof length === 'string' ? length : undefined, limits)
    : readJsonRequest(body, limits)
}

async function runAll(
  held: HeldModel,
  { images, count }: InferRequest,
  { socket }: FastifyRequest,
  { service, metrics }: V2Options,
): Promise<Classification[]> {
  const { geometry } = held.model.manifest.preprocessing
  const size = images.length / count
  const results: Classification[] = []
  for (let at = 0; at < count; at += service.config.max_batch) {
    const some = Math.min(service.config.max_batch, count - at)
    const answers = Array.from({ length: some }, (_, i) =>
      held.classifyPixels(
        { pixels: images.subarray((at + i) * size, (at + i + 1) * size), ...geometry },
        { isGone: () => socket.destroyed },
      ),
    )
    results.push(...(await Promise.all(answers)))
  }
  metrics.predicted(count)
  return results
}

function sendAnswer(
  reply: FastifyReply,
  { identity, manifest }: Model,
  { id, count, outputs }: InferRequest,
  results: readonly Classification[],
) {
  const classes = manifest.classes.length
  const { json, tensors } = writeAnswer({
    model_name: identity.name,
    model_version: versionOf(identity),
    id,
    shape: [count, classes],
    outputs: outputs.map((output) => {
      const rows = new Float32Array(count * classes)
      for (const [i, result] of results.entries()) rows.set(result[output.name], i * classes)
      return { ...output, rows }
    }),
  })
  if (tensors.length === 0) return reply.type('application/json; charset=utf-8').send(json)
  const head = Buffer.from(json)
  return reply
    .type('application/octet-stream')
    .header(JSON_LENGTH, String(head.length))
    .send(Buffer.concat([head, ...tensors]))
}
