import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from 'kysely'
import { retryWhileBusy } from './retry-while-busy.ts'
import { openSqliteFile, type SqliteDatabase, type SqliteStatement } from './sqlite-library.ts'

/** How long a call may block this thread; what takes longer is waited for without blocking it. */
const BLOCK_MS = 50
const KEPT_STATEMENTS = 200

const SETTINGS = [
  `pragma busy_timeout = ${BLOCK_MS}`,
  // readers and the one writer do not wait for each other
  'pragma journal_mode = wal',
  'pragma foreign_keys = on',
  // a run touches many pages of the indexes: copying them back every 4 MB would take most of the time
  'pragma wal_autocheckpoint = 4000',
  'pragma cache_size = -65536',
  'pragma temp_store = memory',
]

/**
 * Kysely on a SQLite file that several processes use at once. Where it is not durable, a power cut may
 * lose the last transactions, never the database.
 */
export function sqliteDialect(path: string, durable: boolean): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => sqliteDriver(path, durable),
  }
}

function sqliteDriver(path: string, durable: boolean): Driver {
  let database: SqliteDatabase | undefined
  let connection: DatabaseConnection | undefined
  const lock = createLock()
  const execute = (on: DatabaseConnection, sql: string) => on.executeQuery(CompiledQuery.raw(sql))
  return {
    async init() {
      database = await openSqliteFile(path)
      // `lower` of SQLite knows ASCII only
      database.function('fold', { deterministic: true }, (text) => text.toLowerCase())
      connection = sqliteConnection(database)
      const sync = `pragma synchronous = ${durable ? 'full' : 'normal'}`
      for (const setting of [...SETTINGS, sync]) await execute(connection, setting)
    },
    async acquireConnection() {
      await lock.take()
      return connection!
    },
    async beginTransaction(on, { accessMode }: TransactionSettings) {
      // a plain `begin` that writes later cannot wait for its turn: SQLite refuses it at once
      await execute(on, accessMode === 'read only' ? 'begin' : 'begin immediate')
    },
    async commitTransaction(on) {
      await execute(on, 'commit')
    },
    async rollbackTransaction(on) {
      await execute(on, 'rollback')
    },
    async releaseConnection() {
      lock.give()
    },
    async destroy() {
      database?.close()
    },
  }
}

const CHANGES: ReadonlySet<string> = new Set([
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
])

function sqliteConnection(database: SqliteDatabase): DatabaseConnection {
  const prepare = statementCache(database)
  return {
    executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
      return retryWhileBusy(() => {
        const statement = prepare(sql)
        if (CHANGES.has(query.kind) && !('returning' in query && query.returning)) {
          const { changes } = statement.run(...parameters)
          return { rows: [], numAffectedRows: BigInt(changes) }
        }
        return { rows: statement.all(...parameters) as R[] }
      })
    },
    streamQuery() {
      throw new Error(
        'Rows are never streamed: a reader that lingers keeps the log from shrinking.',
      )
    },
  }
}

/** Keeps the statements used last: compiling one takes longer than running it. */
function statementCache(database: SqliteDatabase): (sql: string) => SqliteStatement {
  const kept = new Map<string, SqliteStatement>()
  return (sql) => {
    const statement = kept.get(sql) ?? database.prepare(sql)
    kept.delete(sql)
    kept.set(sql, statement)
    if (kept.size > KEPT_STATEMENTS) kept.delete(kept.keys().next().value!)
    return statement
  }
}

/** One holder at a time, in the order in which they came. */
function createLock() {
  let last = Promise.resolve()
  let give = () => {}
  return {
    async take(): Promise<void> {
      const before = last
      let done = () => {}
      last = new Promise((resolve) => {
        done = resolve
      })
      await before
      give = done
    },
    give: () => give(),
  }
}
