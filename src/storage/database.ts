import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Dialect, Kysely, type Transaction } from 'kysely'
import type { DatabaseKind } from './database-kind.ts'
import { describePostgres } from './describe-postgres.ts'
import { type DatabaseSchema, migrate } from './migrate.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { guardStore } from './store-errors.ts'

export interface DatabasePlace {
  /** Of a PostgreSQL database; where absent or empty, SQLite is used. */
  readonly url?: string | undefined
  /** Of the SQLite file; its folder is made. */
  readonly path: string
}

/** An open database. Every piece of work is one transaction; STORE_UNAVAILABLE when it cannot be reached. */
export interface Database<Tables> {
  readonly kind: DatabaseKind
  readonly description: string
  /** Sees one state of the database, whatever others write meanwhile. */
  read<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T>
  /** Is repeated when PostgreSQL ends it in favour of another: it must have no effect but the database's. */
  write<T>(work: (db: Transaction<Tables>) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const ATTEMPTS = 8
/** Serialization failure, deadlock, unique violation: another transaction came first. */
const LOST_TO_ANOTHER: ReadonlySet<unknown> = new Set(['40001', '40P01', '23505'])

/** Opens a database and brings its tables to the newest version. Throws STORE_UNAVAILABLE and STORE_TOO_NEW. */
export async function openDatabase<Tables>(
  { url, path }: DatabasePlace,
  schema: DatabaseSchema,
  now = Date.now(),
): Promise<Database<Tables>> {
  const kind: DatabaseKind = url ? 'postgres' : 'sqlite'
  const description = url ? describePostgres(url) : `sqlite ${resolve(path)}`
  const guard = <T>(work: () => Promise<T>) => guardStore(description, work)
  const db = await guard(async () => {
    if (!url) await mkdir(dirname(resolve(path)), { recursive: true })
    const dialect = url ? await dialectOf(url) : sqliteDialect(path, schema.durable)
    const opened = new Kysely<Tables>({ dialect })
    try {
      await migrate(opened as Kysely<unknown>, kind, description, schema, now)
    } catch (error) {
      await opened.destroy().catch(() => {})
      throw error
    }
    return opened
  })
  return {
    kind,
    description,
    read: (work) =>
      guard(() =>
        db
          .transaction()
          .setAccessMode('read only')
          .setIsolationLevel('repeatable read')
          .execute(work),
      ),
    write: (work) => guard(() => retryLost(() => db.transaction().execute(work))),
    close: () => guard(() => db.destroy()),
  }
}

/** The library for PostgreSQL takes longer to load than one for SQLite takes for everything. */
async function dialectOf(url: string): Promise<Dialect> {
  return (await import('./postgres-dialect.ts')).postgresDialect(url)
}

async function retryLost<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      const { code } = (error ?? {}) as { code?: unknown }
      if (!LOST_TO_ANOTHER.has(code) || attempt === ATTEMPTS) throw error
    }
    await sleep(Math.random() * 20 * attempt)
  }
}
