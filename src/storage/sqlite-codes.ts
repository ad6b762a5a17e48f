/** SQLite's primary result codes that mean something to us, with the texts it gives them. */
export const SqliteCode = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const

const TEXTS: readonly (readonly [number, string])[] = [
  [SqliteCode.busy, 'database is locked'],
  [SqliteCode.locked, 'database table is locked'],
  [SqliteCode.readOnly, 'attempt to write a readonly database'],
  [SqliteCode.ioError, 'disk I/O error'],
  [SqliteCode.corrupt, 'database disk image is malformed'],
  [SqliteCode.full, 'database or disk is full'],
  [SqliteCode.cannotOpen, 'unable to open database'],
  [SqliteCode.notADatabase, 'file is not a database'],
]

/** The primary result code of an error of SQLite; undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  const { code, errcode, message } = (error ?? {}) as Record<string, unknown>
  if (typeof errcode === 'number') return errcode & 0xff
  // @photostructure/sqlite leaves the number out when a step fails, and sometimes the code
  if (typeof message !== 'string' || (code !== undefined && code !== 'ERR_SQLITE_ERROR'))
    return undefined
  return TEXTS.find(([, text]) => message.includes(text))?.[0]
}

export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === SqliteCode.busy || code === SqliteCode.locked
}
