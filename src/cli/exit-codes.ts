import type { AtelierError, ErrorKind } from '../core/index.ts'

/** The one table from kinds of failure to exit codes; `docs/errors.md` repeats it for users. */
export const exitCodes: Readonly<Record<ErrorKind, number>> = {
  finding: 1,
  usage: 2,
  input: 3,
  state: 4,
  undecided: 5,
  internal: 70,
  interrupted: 130,
}

export function exitCodeOf(error: AtelierError): number {
  return exitCodes[error.kind]
}
