import { AtelierError } from '../../core/index.ts'
import {
  type Database,
  type DatabasePlace,
  type DatabaseSchema,
  openDatabase,
} from '../../storage/index.ts'
import type { RunEntry, RunStore } from '../run-store.ts'
import { entriesOf, findRunIds, findRuns } from './find-runs.ts'
import { heartbeat, markCrashed } from './heartbeats.ts'
import { migrations } from './migrations.ts'
import { readSeries } from './read-series.ts'
import { isRecordKey } from './run-values.ts'
import { storable } from './store-text.ts'
import type { RunTables, RunTransaction } from './tables.ts'
import { appendPoints, dropPointsAfter } from './write-points.ts'
import { type KeyIds, writeRun } from './write-run.ts'

/** A power cut may cost the last transactions: the run folders hold them. */
const schema: DatabaseSchema = { name: 'atelier', migrations, durable: false }

/**
 * Opens the store of runs, making it where there is none: PostgreSQL where a URL is given, else
 * SQLite. Throws STORE_UNAVAILABLE, and STORE_TOO_NEW when a later program made it.
 */
export async function openRunStore(place: DatabasePlace): Promise<RunStore> {
  return sqlRunStore(await openDatabase<RunTables>(place, schema))
}

function sqlRunStore(database: Database<RunTables>): RunStore {
  const { kind, read, write } = database
  const committed: KeyIds = new Map()
  const putAll = async (entries: readonly RunEntry[]) => {
    const ids = await write(async (db) => {
      const known = new Map(committed)
      for (const entry of entries) await writeRun(db, entry, known)
      return known
    })
    for (const [key, id] of ids) committed.set(key, id)
  }
  return {
    description: database.description,
    put: (entry) => putAll([entry]),
    putAll,
    get: (id) => read(async (db) => (await entriesOf(db, await numbersOf(db, [id])))[0]),
    find: (query) => read((db) => findRuns(db, kind, query)),
    findIds: (text, limit) => read((db) => findRunIds(db, text, limit)),
    beat: (id, now) => write((db) => heartbeat(db, id, now)),
    markCrashed: (before) => write((db) => markCrashed(db, before)),
    addPoints: (id, points) =>
      write(async (db) => appendPoints(db, await numberOf(db, id), points)),
    cutPoints: (id, afterStep) =>
      write(async (db) => dropPointsAfter(db, await numberOf(db, id), afterStep)),
    series: (id, query) => read(async (db) => readSeries(db, await numberOf(db, id), query)),
    keys: () => read(keysInUse),
    delete: (ids) =>
      write(async (db) => {
        for (const run of await numbersOf(db, ids)) {
          await db.deleteFrom('runs').where('seq', '=', run).execute()
        }
      }),
    close: database.close,
  }
}

async function numbersOf(db: RunTransaction, ids: readonly string[]): Promise<number[]> {
  const numbers: number[] = []
  for (const id of ids) {
    const row = await db
      .selectFrom('runs')
      .select('seq')
      .where('id', '=', storable(id))
      .executeTakeFirst()
    if (row !== undefined) numbers.push(row.seq)
  }
  return numbers
}

async function numberOf(db: RunTransaction, id: string): Promise<number> {
  const [run] = await numbersOf(db, [id])
  if (run !== undefined) return run
  throw new AtelierError('RUN_NOT_FOUND', `The database has no run '${id}'.`, {
    hint: 'Put the run into it, or run `atelier runs reindex`.',
  })
}

/** Keys that runs were deleted with may be left in the table of keys. */
async function keysInUse(db: RunTransaction): Promise<string[]> {
  const rows = await db
    .selectFrom('run_keys')
    .select('key')
    .where((eb) =>
      eb.exists(
        eb.selectFrom('run_values').select('run').whereRef('run_values.key', '=', 'run_keys.id'),
      ),
    )
    .orderBy('key')
    .execute()
  return rows.map(({ key }) => key).filter((key) => !isRecordKey(key))
}
