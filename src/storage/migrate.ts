import { type Kysely, sql, type Transaction } from 'kysely'
import { AtelierError } from '../core/index.ts'
import type { DatabaseKind } from './database-kind.ts'

/** A step from one version of the tables to the next; once released it never changes. */
export type Migration = (db: Transaction<unknown>, kind: DatabaseKind) => Promise<void>

/** The tables of one domain. Several domains share a database and grow apart from each other. */
export interface DatabaseSchema {
  /** The table `NAME_schema` counts its migrations. */
  readonly name: string
  /** In order: the first one makes version 1. */
  readonly migrations: readonly Migration[]
  /** Whether on SQLite, too, what was written outlasts a power cut: each transaction waits for the disk. */
  readonly durable: boolean
}

type SchemaTables = Record<string, { version: number; applied: string }>

/** Any number that nothing else takes as an advisory lock. */
const LOCK = 7_203_615_944

/**
 * Brings the tables to the newest version: migration 1 makes version 1. Several processes may do
 * this at once. Throws STORE_TOO_NEW when the tables were made by a later program.
 */
export async function migrate(
  db: Kysely<unknown>,
  kind: DatabaseKind,
  description: string,
  { name, migrations }: DatabaseSchema,
  now: number,
): Promise<void> {
  const tables = db as Kysely<SchemaTables>
  const table = `${name}_schema`
  if ((await versionOf(tables, table)) === migrations.length) return
  await tables.transaction().execute(async (trx) => {
    // SQLite has taken its lock by beginning
    if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(trx)
    await sql`create table if not exists ${sql.table(table)} (version integer primary key, applied text not null)`.execute(
      trx,
    )
    const found = await versionOf(trx, table)
    if (found > migrations.length) throw tooNew(description, found, migrations.length)
    for (const [index, migration] of migrations.entries()) {
      if (index < found) continue
      await migration(trx as unknown as Transaction<unknown>, kind)
      const applied = new Date(now).toISOString()
      await trx
        .insertInto(table)
        .values({ version: index + 1, applied })
        .execute()
    }
  })
}

/** 0 where nothing was made yet. */
async function versionOf(db: Kysely<SchemaTables>, table: string): Promise<number> {
  try {
    const row = await db
      .selectFrom(table)
      .select((eb) => eb.fn.max('version').as('version'))
      .executeTakeFirst()
    return row?.version ?? 0
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code === '42P01' || message.includes('no such table')) return 0
    throw error
  }
}

function tooNew(description: string, found: number, known: number): AtelierError {
  return new AtelierError(
    'STORE_TOO_NEW',
    `The database (${description}) has version ${found}; this program knows up to ${known}.`,
    { hint: 'Update Atelier, or use another database.', data: { found, known } },
  )
}
