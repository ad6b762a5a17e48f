import { AtelierError } from '../core/index.ts'

export interface ServerCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** What is sent; a plain object goes as JSON. */
  readonly body?: object | Uint8Array<ArrayBuffer> | Blob | string | undefined
}

export interface CallOptions {
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  /** Of one call. */
  readonly milliseconds?: number
}

const CALL_MS = 15_000
/** Bytes a second that a large body may be expected to go with, at least. */
const SLOW_BYTES_PER_MS = 100
const MOST_SHOWN = 300
const PASSING = new Set([408, 425, 429])

/**
 * Asks a tracker's server something. Throws TRACKER_UNREACHABLE for what may pass by itself, and
 * TRACKER_REFUSED, with the `status` and `body` in its data, for what will not.
 */
export async function callServer(
  { method, url, headers = {}, body }: ServerCall,
  { fetch, signal, milliseconds = CALL_MS }: CallOptions,
): Promise<Response> {
  const isRaw = body instanceof Uint8Array || body instanceof Blob || typeof body === 'string'
  const limit = AbortSignal.timeout(milliseconds + Math.ceil(sizeOf(body) / SLOW_BYTES_PER_MS))
  const asked = {
    method,
    headers:
      isRaw || body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.any([signal, limit]),
    ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
  }
  const response = await fetch(url, asked).catch((cause: unknown) => {
    throw unreachable(url, reasonOf(cause), cause)
  })
  if (response.ok) return response
  const text = await response.text().catch(() => '')
  if (response.status >= 500 || PASSING.has(response.status)) {
    throw unreachable(url, `it answers ${response.status}: ${shown(text)}`)
  }
  throw refused(url, response.status, text)
}

/** The JSON of an answer. Throws TRACKER_UNREACHABLE for what is none. */
export async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await response.text().catch((cause: unknown) => {
    throw unreachable(response.url, reasonOf(cause), cause)
  })
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  } catch (cause) {
    throw unreachable(response.url, `it answers ${shown(text)}`, cause)
  }
}

function refused(url: string, status: number, body: string): AtelierError {
  const isAccess = status === 401 || status === 403
  const message = `${placeOf(url)} answers ${status}: ${shown(body)}.`
  const hint = isAccess
    ? 'Check the key, or the user and password, that the server wants.'
    : undefined
  return new AtelierError('TRACKER_REFUSED', message, {
    ...(hint === undefined ? {} : { hint }),
    data: { status, body },
  })
}

function unreachable(url: string, reason: string, cause?: unknown): AtelierError {
  return new AtelierError('TRACKER_UNREACHABLE', `${placeOf(url)} was not reached: ${reason}.`, {
    cause,
  })
}

/** Never a credential: signed addresses carry them in their query. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

function reasonOf(thrown: unknown): string {
  const { name, message, cause } = thrown as Error & { readonly cause?: NodeJS.ErrnoException }
  if (name === 'TimeoutError') return 'no answer in time'
  return cause?.code ?? cause?.message ?? message
}

function sizeOf(body: ServerCall['body']): number {
  if (body instanceof Uint8Array) return body.length
  return body instanceof Blob ? body.size : 0
}

const shown = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, MOST_SHOWN) || 'nothing'
