import { AtelierError } from '../core/index.ts'
import { isBusy, sqliteCode } from './retry-while-busy.ts'

const READ_ONLY = 8
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

/** Classes of PostgreSQL's error codes that speak of the server, not of the query. */
const SERVER_CLASSES: ReadonlySet<string> = new Set(['08', '28', '3D', '53', '57', '58'])
const NETWORK =
  /^E(CONN|NOTFOUND|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH|PIPE|ACCES|PERM|NOENT|ROFS)/
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
  if (code === FULL) {
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
  if (code === CORRUPT || code === NOT_A_DATABASE) {
    return unavailable(
      `is damaged: ${messageOf(error)}`,
      'Move the file away and run `atelier runs reindex`: the run folders hold everything.',
    )
  }
  if (code === READ_ONLY || code === IO_ERROR || code === CANNOT_OPEN || isUnreachable(error)) {
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
