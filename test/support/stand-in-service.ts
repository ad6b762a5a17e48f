/**
 * Stands in for the inference service where a test needs it to be slow, broken or gone. The pages and
 * the headers are the real server's, and every answer is held against the contract.
 */

import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import type { z } from 'zod'
import {
  classesAnswerSchema,
  healthAnswerSchema,
  predictAnswerSchema,
  serviceErrorSchema,
  versionAnswerSchema,
} from '../../src/contracts/index.ts'
import { guardRequests } from '../../src/http/guard-requests.ts'
import { pagesPlugin } from '../../src/http/pages-plugin.ts'
import { packageRoot } from './training-project.ts'

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly delayMs?: number
}

export interface StandIn {
  /** Of the page. */
  readonly url: string
  /** Answers to the next predictions, before the usual ones. */
  readonly replies: Reply[]
  /** When each was asked for, in milliseconds since 1970. */
  readonly predictions: readonly number[]
  close(): Promise<void>
}

const MODEL = { name: 'garments', version: 3, sha256: 'c0ffee'.repeat(10) }
const GEOMETRY = { width: 28, height: 28, channels: 1 } as const

const CLASSES = [
  ...['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
]

/** The error answers that the page has to explain. */
export function refusal(status: number, code: string, detail: string, retryAfter?: number): Reply {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return { status, body: serviceErrorSchema.parse({ code, detail }), headers }
}

/** Cuts the connection instead of answering. */
export const breakOff: Reply = { status: 0, body: undefined }

/** A prediction as the service would answer it: mostly a coat. */
export function prediction(change: Partial<z.input<typeof predictAnswerSchema>> = {}): Reply {
  const rest = 0.08 / 8
  const all = CLASSES.map((name) => {
    if (name === 'Coat') return [name, 0.72]
    return [name, name === 'Pullover' ? 0.2 : rest]
  })
  const body = predictAnswerSchema.parse({
    predicted_class: 'Coat',
    confidence: 0.72,
    all_probabilities: Object.fromEntries(all),
    prediction_id: crypto.randomUUID(),
    model: MODEL,
    latency_ms: 2.4,
    model_input: { ...GEOMETRY, data: gradient() },
    ...change,
  })
  return { status: 200, body }
}

/** Bright in the middle. */
function gradient(): string {
  const bytes = Uint8Array.from({ length: 28 * 28 }, (_, at) => {
    const [x, y] = [(at % 28) - 13.5, Math.floor(at / 28) - 13.5]
    return Math.max(0, 255 - 13 * Math.hypot(x, y))
  })
  return Buffer.from(bytes).toString('base64')
}

/** Starts it on loopback, at a port of its own. */
export async function startStandIn(): Promise<StandIn> {
  const app = fastify({ forceCloseConnections: true })
  const replies: Reply[] = []
  const predictions: number[] = []
  guardRequests(app, [])
  await app.register(aboutModel)
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, async () => undefined)
  app.post('/predict', async (_, reply) => {
    predictions.push(Date.now())
    const next = replies.shift() ?? prediction()
    if (next === breakOff) return reply.hijack().raw.destroy()
    await new Promise((done) => setTimeout(done, next.delayMs ?? 0))
    return reply
      .code(next.status)
      .headers(next.headers ?? {})
      .send(next.body)
  })
  const folder = join(packageRoot, 'dist/web')
  await app.register(pagesPlugin, { prefix: '/ui', folder, servedBy: 'service' })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url: `${address}/ui/`, replies, predictions, close: () => app.close() }
}

async function aboutModel(app: FastifyInstance) {
  const health = { status: 'healthy', model_loaded: true, model_path: 'models/model.onnx' }
  const version = { atelier: '0.1.0', node: process.versions.node, fingerprint: 'abc' }
  const classes = { classes: CLASSES, num_classes: CLASSES.length }
  app.get('/health', async () => healthAnswerSchema.parse(health))
  app.get('/version', async () =>
    versionAnswerSchema.parse({ ...version, model: MODEL, geometry: GEOMETRY }),
  )
  app.get('/classes', async () => classesAnswerSchema.parse(classes))
}
