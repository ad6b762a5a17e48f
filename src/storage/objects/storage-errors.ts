import { AtelierError, type ErrorCode, type ErrorDetails } from '../../core/index.ts'

export type StorageCode = Extract<ErrorCode, `STORAGE_${string}` | `OBJECT_${string}`>

export function storageError(
  code: StorageCode,
  message: string,
  details: ErrorDetails = {},
): AtelierError {
  return new AtelierError(code, message, details)
}

export function objectNotFound(url: string, key: string): AtelierError {
  return storageError('OBJECT_NOT_FOUND', `There is no object '${key}' in ${url}.`, {
    hint: 'Check the name and the place; object names distinguish upper and lower case.',
    data: { store: url, key },
  })
}

export function objectExists(url: string, key: string): AtelierError {
  return storageError('OBJECT_EXISTS', `There is an object '${key}' in ${url} already.`, {
    hint: 'Take another name, or delete the object first.',
    data: { store: url, key },
  })
}

export function objectChanged(url: string, key: string): AtelierError {
  return storageError('OBJECT_CHANGED', `'${key}' in ${url} was replaced while it was read.`, {
    hint: 'Repeat the command when nobody writes there.',
    data: { store: url, key },
  })
}

export function wrongChecksum(
  what: string,
  kind: string,
  got: string,
  wanted: string,
): AtelierError {
  return storageError('STORAGE_CHECKSUM', `${what} has ${kind} ${got}, wanted ${wanted}.`, {
    hint: 'Repeat the command. When it happens again, the object or the file was damaged or replaced.',
    data: { got, wanted },
  })
}

export function noBucket(url: string, bucket: string): AtelierError {
  return storageError('STORAGE_NO_BUCKET', `There is no bucket '${bucket}' (${url}).`, {
    hint: 'Check the name and, for another endpoint than the usual one, its address; make the bucket first.',
    data: { store: url, bucket },
  })
}

/** A failure that may pass by itself. What is left when patience ends becomes an AtelierError of its code. */
export class TransientFault extends Error {
  readonly code: StorageCode
  readonly retryAfterMs: number
  /** No more attempts than this in a row, where waiting longer seldom helps. */
  readonly attempts: number
  readonly hint: string

  constructor(
    message: string,
    details: {
      readonly code?: StorageCode
      readonly retryAfterMs?: number | undefined
      readonly attempts?: number
      readonly hint?: string
      readonly cause?: unknown
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'TransientFault'
    this.code = details.code ?? 'STORAGE_UNREACHABLE'
    this.retryAfterMs = details.retryAfterMs ?? 0
    this.attempts = details.attempts ?? Number.POSITIVE_INFINITY
    this.hint = details.hint ?? 'Repeat the command later: what was transferred is kept.'
  }
}
