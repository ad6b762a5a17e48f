/**
 * Stands in for the inference service where a test needs it to be slow, broken or gone. The pages and
 * the headers are the real server's, and every answer is held against the contract.
 */

import { join } from 'node:path'
import fastify from 'fastify'
import type { z } from 'zod'
import {
  classesAnswerSchema,
  feedbackAnswerSchema,
  feedbackBodySchema,
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
  readonly port: number
  /** Answers to the next predictions, before the usual ones. */
  readonly replies: Reply[]
  /** Whether a model is loaded; can be changed. */
  model: boolean
  /** Needed for predictions where it is given; can be changed. */
  token: string | undefined
  readonly predictions: { readonly time: number; readonly authorization: string | undefined }[]
  readonly feedback: unknown[]
  close(): Promise<void>
}

const MODEL = { name: 'garments', version: 3, sha256: 'c0ffee'.repeat(10) }
const GEOMETRY = { width: 28, height: 28, channels: 1 } as const

export const STAND_IN_CLASSES = [
  ...['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
]

/** The error answers that the page has to explain. */
export function refusal(
  status: number,
  code: string,
  detail: string,
  retryAfter?: number | string,
): Reply {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  return { status, body: serviceErrorSchema.parse({ code, detail }), headers }
}

/** Cuts the connection instead of answering. */
export const breakOff: Reply = { status: 0, body: undefined }

/** A prediction as the service would answer it: mostly a coat. */
export function prediction(change: Partial<z.input<typeof predictAnswerSchema>> = {}): Reply {
  const rest = 0.08 / 8
  const all = STAND_IN_CLASSES.map((name) => {
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

/** Starts it on loopback, at a port of its own unless told otherwise. */
export async function startStandIn({ port = 0 } = {}): Promise<StandIn> {
  const app = fastify({ forceCloseConnections: true })
  const state: Omit<StandIn, 'url' | 'port' | 'close'> = {
    replies: [],
    model: true,
    token: undefined,
    predictions: [],
    feedback: [],
  }
  guardRequests(app, [])
  app.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, async () => undefined)
  app.get('/health', async () =>
    healthAnswerSchema.parse({
      status: state.model ? 'healthy' : 'degraded',
      model_loaded: state.model,
      model_path: state.model ? 'models/model.onnx' : null,
    }),
  )
  app.get('/version', async () =>
    versionAnswerSchema.parse({
      atelier: '0.1.0',
      node: process.versions.node,
      model: state.model ? MODEL : null,
      fingerprint: state.model ? 'abc' : null,
      geometry: state.model ? GEOMETRY : null,
    }),
  )
  app.get('/classes', async () =>
    classesAnswerSchema.parse({
      classes: STAND_IN_CLASSES,
      num_classes: STAND_IN_CLASSES.length,
    }),
  )
  app.post('/feedback', async ({ body }) => {
    const feedback = feedbackBodySchema.parse(body)
    state.feedback.push(feedback)
    return feedbackAnswerSchema.parse(feedback)
  })
  app.post('/predict', async ({ headers }, reply) => {
    const { authorization } = headers
    state.predictions.push({ time: Date.now(), authorization })
    const refused = state.token !== undefined && authorization !== `Bearer ${state.token}`
    const next = refused
      ? refusal(401, 'TOKEN_WRONG', 'This needs a token.')
      : (state.replies.shift() ?? prediction())
    await new Promise((done) => setTimeout(done, next.delayMs ?? 0))
    if (next === breakOff) return reply.hijack().raw.destroy()
    return reply
      .code(next.status)
      .headers(next.headers ?? {})
      .send(next.body)
  })
  await app.register(pagesPlugin, {
    prefix: '/ui',
    folder: join(packageRoot, 'dist/web'),
    servedBy: 'service',
  })
  const address = await app.listen({ host: '127.0.0.1', port })
  return Object.assign(state, {
    url: `${address}/ui/`,
    port: Number(new URL(address).port),
    close: () => app.close(),
  })
}
