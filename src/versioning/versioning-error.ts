import { AtelierError, type ErrorCode, type ErrorDetails } from '../core/index.ts'

type VersioningCode = Extract<ErrorCode, `DVC_${string}`>

export function versioningError(
  code: VersioningCode,
  message: string,
  details: ErrorDetails = {},
): AtelierError {
  return new AtelierError(code, message, details)
}

/** `3 files`, `1 file`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
