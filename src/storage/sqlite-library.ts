/** What is used of SQLite: the part that node:sqlite and @photostructure/sqlite have in common. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
  function(name: string, options: { deterministic: boolean }, body: (text: string) => string): void
  close(): void
}

export interface SqliteStatement {
  all(...parameters: unknown[]): unknown[]
  run(...parameters: unknown[]): { changes: number | bigint }
}

type OpenFile = (path: string) => SqliteDatabase

/** Opens a file with Node's own SQLite (22.5 and later), else with the package that has the same API. */
export async function openSqliteFile(path: string): Promise<SqliteDatabase> {
  return (builtIn() ?? (await fromPackage()))(path)
}

function builtIn(): OpenFile | undefined {
  const library = withoutExperimentalWarning(
    () =>
      // asked at run time: older versions know neither the module nor, some of them, the question
      process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined,
  )
  return library && ((path) => new library.DatabaseSync(path) as unknown as SqliteDatabase)
}

// a native library is not loaded where it is not needed
async function fromPackage(): Promise<OpenFile> {
  const { DatabaseSync } = await import('@photostructure/sqlite')
  return (path) => new DatabaseSync(path) as unknown as SqliteDatabase
}

/** Node 22 warns when its SQLite is loaded; the part used here did not change since. */
function withoutExperimentalWarning<T>(load: () => T): T {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes('SQLite')) Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}
