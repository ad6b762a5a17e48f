import type { ErrorCode } from './error-catalogue.ts'
import { AtelierError, toAtelierError } from './errors.ts'

/** What of an error goes from one thread to another. */
export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
}

export function packError(thrown: unknown): PlainError {
  const { code, message, hint } = toAtelierError(thrown)
  return { code, message, ...(hint === undefined ? {} : { hint }) }
}

export function unpackError({ code, message, hint }: PlainError): AtelierError {
  return new AtelierError(code, message, hint === undefined ? {} : { hint })
}
