/** An answer that is no success and no failure of Atelier's own: the request itself is wrong. */
export interface HttpError extends Error {
  readonly statusCode: number
  readonly code: string
}

export function httpError(statusCode: number, code: string, detail: string): HttpError {
  return Object.assign(new Error(detail), { statusCode, code })
}
