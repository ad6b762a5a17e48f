import { type ErrorCode, type ErrorKind, errorCatalogue } from './error-catalogue.ts'

export interface ErrorDetails {
  /** What the user can do about it, as a sentence or a command to run. */
  readonly hint?: string
  readonly cause?: unknown
  /** Machine-readable facts (file, offset, got, wanted …), printed with `--json`. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** An expected failure: a stable code, and a message that says what was got and what was wanted. */
export class AtelierError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'AtelierError'
    this.code = code
    this.hint = details.hint
    this.data = details.data ?? {}
  }

  get kind(): ErrorKind {
    return errorCatalogue[this.code].kind
  }
}

const NO_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])

/** Any thrown thing as an `AtelierError`; what was not expected becomes `INTERNAL`. */
export function toAtelierError(thrown: unknown): AtelierError {
  if (thrown instanceof AtelierError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  // any write may meet this, so it is known here and not at each of them
  if (NO_ROOM.has((thrown as NodeJS.ErrnoException | null)?.code)) {
    return new AtelierError('DISK_FULL', `There is no room on the disk (${message}).`, {
      hint: 'Make room and repeat the command. Files that were there are whole.',
      cause: thrown,
    })
  }
  return new AtelierError('INTERNAL', message, { cause: thrown })
}
