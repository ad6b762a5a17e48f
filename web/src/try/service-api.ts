import { queryOptions } from '@tanstack/react-query'
import type {
  ClassesAnswer,
  FeedbackAnswer,
  FeedbackBody,
  HealthAnswer,
  PredictAnswer,
  ReadyAnswer,
  VersionAnswer,
} from '../../../src/contracts/index.ts'
import { ApiError, request } from '../shared/request.ts'
import { BASE } from '../shared/served.ts'
import { readToken } from './token.ts'

/** The pages are at `/ui/`, the routes beside them. */
const SERVICE = new URL('../', BASE)
const GONE = 'The service does not answer.'

/** How often the page looks again, in milliseconds: all well, and otherwise. */
const WELL_MS = 15_000
const UNWELL_MS = 2000
const PATIENCE_MS = 5000

function ask<T>(path: string, init: RequestInit & { readonly signal: AbortSignal }): Promise<T> {
  const token = readToken()
  const headers = new Headers(init.headers)
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
  return request<T>(new URL(path, SERVICE), { ...init, headers }, GONE)
}

export const healthOptions = queryOptions({
  queryKey: ['service', 'health'] as const,
  queryFn: ({ signal }) =>
    ask<HealthAnswer>('health', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    }),
  // the service may well be on this machine, which needs no network
  networkMode: 'always',
  retry: false,
  refetchInterval: ({ state }) =>
    state.status === 'success' && state.data?.model_loaded === true ? WELL_MS : UNWELL_MS,
})

/** Why the service has no model; it answers so with 503. */
export const readyOptions = queryOptions({
  queryKey: ['service', 'ready'] as const,
  queryFn: async ({ signal }) =>
    (await (await fetch(new URL('ready', SERVICE), { signal })).json()) as ReadyAnswer,
  networkMode: 'always',
  refetchInterval: UNWELL_MS,
})

export const versionOptions = queryOptions({
  queryKey: ['service', 'version'] as const,
  queryFn: ({ signal }) => ask<VersionAnswer>('version', { signal }),
  networkMode: 'always',
  // where it is told only to those with a token, asking again is no use
  refetchInterval: ({ state }) => (state.status === 'error' ? false : WELL_MS),
})

export const classesOptions = queryOptions({
  queryKey: ['service', 'classes'] as const,
  queryFn: ({ signal }) => ask<ClassesAnswer>('classes', { signal }),
  networkMode: 'always',
  refetchInterval: WELL_MS,
})

export interface Prediction {
  readonly answer: PredictAnswer
  /** From sending the picture to having the answer, in milliseconds. */
  readonly roundTrip: number
}

/** Sends a picture. Throws `UNREADABLE` for a file the browser cannot read. */
export async function predict(file: File, signal: AbortSignal): Promise<Prediction> {
  // read first: a file that is gone would look like a service that is
  const bytes = await file.arrayBuffer().catch(() => {
    const detail = 'The browser cannot read this file. It may be a folder, or have changed.'
    throw new ApiError(400, { detail, code: 'UNREADABLE' })
  })
  const body = new FormData()
  body.append('file', new Blob([bytes], { type: file.type }), file.name)
  const start = performance.now()
  const answer = await ask<PredictAnswer>('predict?include=input', { method: 'POST', body, signal })
  return { answer, roundTrip: performance.now() - start }
}

export function sendFeedback(feedback: FeedbackBody): Promise<FeedbackAnswer> {
  return ask<FeedbackAnswer>('feedback', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(feedback),
    signal: AbortSignal.timeout(2 * PATIENCE_MS),
  })
}
