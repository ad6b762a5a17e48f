import type { UiError } from '../../../src/contracts/index.ts'
import { readRetryAfter } from './retry-after.ts'

/** An answer that is a failure; 0 as status: there was no answer. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly position: number | undefined
  /** Seconds the server asks to wait before the next try. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: UiError, retryAfter?: number) {
    super(body.detail)
    this.status = status
    this.code = body.code
    this.position = body.position
    this.retryAfter = retryAfter
  }
}

/** Asks for JSON. Throws ApiError for every failure but an abort by `init.signal`. */
export async function request<T>(url: string | URL, init: RequestInit, gone: string): Promise<T> {
  try {
    const response = await fetch(url, init)
    if (response.ok) return (await response.json()) as T
    throw await errorOf(response)
  } catch (error) {
    if (error instanceof ApiError || init.signal?.aborted === true) throw error
    if (error instanceof SyntaxError) {
      throw new ApiError(200, { detail: 'The answer is not JSON.', code: 'BAD_ANSWER' })
    }
    throw new ApiError(0, { detail: gone, code: 'UNREACHABLE' })
  }
}

async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Partial<UiError>
  const { detail = `The server answered ${response.status}.`, code = 'BAD_ANSWER' } = body
  const wait = readRetryAfter(response.headers.get('retry-after'), Date.now())
  return new ApiError(response.status, { ...body, detail, code }, wait)
}
