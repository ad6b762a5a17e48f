import { AtelierError } from '../core/index.ts'
import { isBusy, SqliteCode, sqliteCode } from './sqlite-codes.ts'

/** The file or what it lies on is not as it must be. */
const UNUSABLE: ReadonlySet<unknown> = new Set([
  SqliteCode.readOnly,
  SqliteCode.ioError,
  SqliteCode.cannotOpen,
])

/** Classes of PostgreSQL's error codes that speak of the server, not of the query. */
const SERVER_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58'])
const NETWORK =
  /^E(CONN|NOTFOUND|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH|PIPE|ACCES|PERM|NOENT|ROFS|EXIST|NOTDIR)/
const NETWORK_TEXT =
  /timeout exceeded when trying to connect|Connection terminated|server does not support SSL/

/** Does the work; what the database's absence or damage makes it throw becomes STORE_UNAVAILABLE. */
export async function guardStore<T>(description: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explain(description, error)
  }
}

function explain(description: string, error: unknown): unknown {
  if (error instanceof AtelierError) return error
  const code = sqliteCode(error)
  if (code === SqliteCode.full) {
    return new AtelierError('DISK_FULL', `There is no room for the database (${description}).`, {
      hint: 'Make room and repeat the command. Files that were there are whole.',
      cause: error,
    })
  }
  const unavailable = (why: string, hint: string) =>
    new AtelierError('STORE_UNAVAILABLE', `The database (${description}) ${why}.`, {
      hint,
      cause: error,
      data: { database: description },
    })
  if (isBusy(error)) {
    return unavailable(
      'is held by another process',
      'See which process writes to it, and for so long.',
    )
  }
  if (code === SqliteCode.corrupt || code === SqliteCode.notADatabase) {
    return unavailable(
      `is damaged: ${messageOf(error)}`,
      'Move the file away and run `atelier runs reindex`: the run folders hold everything.',
    )
  }
  if (UNUSABLE.has(code) || isUnreachable(error)) {
    return unavailable(
      `cannot be reached: ${messageOf(error)}`,
      'Check the path and its rights, or DATABASE_URL, user and network.',
    )
  }
  return error
}

function isUnreachable(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code === 'string' && NETWORK.test(code)) return true
  if (typeof code === 'string' && code.length === 5 && SERVER_CLASSES.has(code.slice(0, 2)))
    return true
  return typeof message === 'string' && NETWORK_TEXT.test(message)
}

function messageOf(error: unknown): string {
  // several addresses of one host that all refuse give an error without a text
  const causes = error instanceof AggregateError ? error.errors : [error]
  return causes.map((cause) => (cause instanceof Error ? cause.message : String(cause))).join('; ')
}
