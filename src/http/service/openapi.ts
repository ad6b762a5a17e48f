import { z } from 'zod'
import {
  batchAnswerSchema,
  classesAnswerSchema,
  feedbackAnswerSchema,
  feedbackBodySchema,
  healthAnswerSchema,
  predictAnswerSchema,
  readyAnswerSchema,
  rootAnswerSchema,
  serviceErrorSchema,
  versionAnswerSchema,
} from '../../contracts/index.ts'
import type { Access } from './access.ts'
import { inferRequestSchema } from './v2-tensors.ts'

/** What the document says of one operation. */
export interface Operation {
  readonly method: 'get' | 'post'
  /** With `{parameter}`. */
  readonly path: string
  readonly tag: string
  readonly summary: string
  readonly access: Access
  readonly query?: Readonly<Record<string, string>>
  /** Media type → schema. */
  readonly body?: Readonly<Record<string, object>>
  readonly status?: number
  readonly answer: Readonly<Record<string, object>>
  /** Statuses of failures beside those of every route. */
  readonly failures?: readonly number[]
}

const binary = { type: 'string', format: 'binary' }
const form = (name: string, items: object) => ({
  'multipart/form-data': {
    type: 'object',
    required: [name],
    properties: { [name]: items },
  },
})
const json = (schema: z.ZodType, io: 'input' | 'output' = 'output') => ({
  'application/json': z.toJSONSchema(schema, { io, target: 'draft-2020-12' }),
})
const anyJson = { 'application/json': { type: 'object' } }
const get = { method: 'get', tag: 'Service', access: 'open' } as const
const v2 = { tag: 'Open Inference Protocol v2', answer: anyJson } as const

/** Every operation; schemas are those that validate. */
export function operations(): readonly Operation[] {
  return [
    { ...get, path: '/', summary: 'What this is.', answer: json(rootAnswerSchema) },
    { ...get, path: '/health', summary: 'Whether it lives.', answer: json(healthAnswerSchema) },
    {
      ...get,
      path: '/ready',
      summary: 'Whether traffic may be sent.',
      answer: json(readyAnswerSchema),
      failures: [503],
    },
    {
      ...get,
      path: '/version',
      access: 'token',
      summary: 'Versions of the program and of the model.',
      answer: json(versionAnswerSchema),
    },
    {
      ...get,
      path: '/classes',
      summary: 'What the model tells apart.',
      answer: json(classesAnswerSchema),
      failures: [503],
    },
    ...predictions(),
    {
      method: 'post',
      path: '/feedback',
      tag: 'Predictions',
      access: 'token',
      summary: 'The true class of a picture that was predicted.',
      body: json(feedbackBodySchema, 'input'),
      status: 202,
      answer: json(feedbackAnswerSchema),
      failures: [404, 422],
    },
    {
      ...get,
      path: '/metrics',
      access: 'token',
      summary: 'Counters for Prometheus; totals with Accept: application/json.',
      answer: { 'text/plain': { type: 'string' }, ...anyJson },
    },
    { ...get, path: '/docs', summary: 'This page.', answer: { 'text/html': { type: 'string' } } },
    { ...get, path: '/openapi.json', summary: 'This document.', answer: anyJson },
    ...v2Operations(),
  ]
}

function predictions(): readonly Operation[] {
  const common = { method: 'post', tag: 'Predictions', access: 'predict' } as const
  return [
    {
      ...common,
      path: '/predict',
      summary: 'The class of one picture: a form with a file, or the picture as the body.',
      query: { include: '`input` adds the pixels that the model saw.' },
      body: { ...form('file', binary), 'image/*': binary, 'application/octet-stream': binary },
      answer: json(predictAnswerSchema),
      failures: [400, 413, 415, 422, 503],
    },
    {
      ...common,
      path: '/predict/batch',
      summary: 'The classes of some pictures; one that cannot be read is answered by its error.',
      body: form('files', { type: 'array', items: binary }),
      answer: json(batchAnswerSchema),
      failures: [400, 413, 415, 422, 503],
    },
  ]
}

function v2Operations(): readonly Operation[] {
  const paths = ['/v2/models/{model}', '/v2/models/{model}/versions/{version}']
  const open = { ...v2, method: 'get', access: 'open' } as const
  return [
    { ...open, path: '/v2', summary: 'The server.' },
    { ...open, path: '/v2/health/live', summary: 'Whether it lives.' },
    { ...open, path: '/v2/health/ready', summary: 'Whether it is ready.', failures: [503] },
    ...paths.flatMap((path): Operation[] => [
      { ...open, path, summary: 'Inputs and outputs of the model.', failures: [404] },
      { ...open, path: `${path}/ready`, summary: 'Whether it is ready.', failures: [404, 503] },
      {
        ...v2,
        method: 'post',
        access: 'predict',
        path: `${path}/infer`,
        summary: 'Runs pixels through the model; with the binary extension.',
        body: {
          ...json(inferRequestSchema, 'input'),
          'application/octet-stream': binary,
        },
        answer: { ...anyJson, 'application/octet-stream': binary },
        failures: [400, 404, 413, 503],
      },
    ]),
  ]
}

export interface OpenApiOptions {
  readonly version: string
  /** Which kinds of routes want the token. */
  readonly guarded: ReadonlySet<Access>
}

/** The service as an OpenAPI 3.1 document. */
export function openApiDocument({ version, guarded }: OpenApiOptions): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of operations()) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation, guarded.has(operation.access)),
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Atelier inference service', version },
    paths,
    components: {
      schemas: { Error: z.toJSONSchema(serviceErrorSchema, { target: 'draft-2020-12' }) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

const FAILURES: Readonly<Record<number, string>> = {
  400: 'Not a picture, or a request that cannot be read.',
  401: 'The token is missing or wrong.',
  404: 'There is nothing of that name.',
  413: 'Too large.',
  415: 'A body of another type.',
  422: 'A field is missing or wrong.',
  429: 'Too many requests; see Retry-After.',
  503: 'No model, or no time now; see Retry-After.',
}

function describe(operation: Operation, isGuarded: boolean): object {
  const { tag, summary, body, status = 200, answer, failures = [] } = operation
  const statuses = [...failures, ...(isGuarded ? [401] : []), 429].sort((a, b) => a - b)
  const error = operation.path.startsWith('/v2')
    ? { type: 'object', required: ['error'], properties: { error: { type: 'string' } } }
    : { $ref: '#/components/schemas/Error' }
  return {
    operationId: idOf(operation),
    tags: [tag],
    summary,
    ...(isGuarded ? { security: [{ token: [] }] } : {}),
    parameters: parametersOf(operation),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      [status]: { description: 'The answer.', content: contentOf(answer) },
      ...Object.fromEntries(
        statuses.map((code) => [
          code,
          { description: FAILURES[code], content: contentOf({ 'application/json': error }) },
        ]),
      ),
    },
  }
}

function idOf({ method, path }: Operation): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter(Boolean)
  return [method, ...words].join('_')
}

function parametersOf({ path, query = {} }: Operation): object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }))
  return [...inPath, ...inQuery]
}

function contentOf(schemas: Readonly<Record<string, object>>): object {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]))
}
