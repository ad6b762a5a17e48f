import type { PredictionFeedback } from '../../contracts/index.ts'
import { type Database, type DatabasePlace, openDatabase } from '../../storage/index.ts'
import {
  type MonitoringTables,
  type MonitoringTransaction,
  monitoringSchema,
} from '../monitoring-tables.ts'
import { decodeRows, encodeRows } from './encode-rows.ts'
import { isSameKind, joinRows, type PredictionRows } from './prediction-rows.ts'
import type { JournalSpan, LoggedModel, PredictionStore, RequestCount } from './prediction-store.ts'
import { scanChunks } from './scan-chunks.ts'

/** A chunk with fewer rows is added to: a quiet service must not leave a chunk for every second. */
const SMALL_CHUNK = 512
/** What was done of a journal is remembered for longer than anybody could take it up again. */
const JOURNAL_MEMORY_MS = 30 * 86_400_000
const ROWS_AT_ONCE = 200

/** Opens the log of predictions, making its tables where there are none. */
export async function openPredictionStore(place: DatabasePlace): Promise<PredictionStore> {
  return sqlPredictionStore(await openDatabase<MonitoringTables>(place, monitoringSchema))
}

function sqlPredictionStore(database: Database<MonitoringTables>): PredictionStore {
  const { read, write } = database
  return {
    description: database.description,
    target: 'database',
    append: (rows, span, dropped, now) =>
      write(async (db) => {
        if (!(await advance(db, span, now))) return false
        await addRows(db, span.journal, rows)
        if (dropped > 0) {
          await db.insertInto('prediction_gaps').values({ time: now, count: dropped }).execute()
        }
        return true
      }),
    progress: (journal) => read((db) => progressOf(db, journal)),
    scan: (query) => scanChunks(database, query),
    models: () => read(loggedModels),
    gaps: (from, to) =>
      read((db) =>
        db
          .selectFrom('prediction_gaps')
          .select(['time', 'count'])
          .where('time', '>=', from)
          .where('time', '<', to)
          .orderBy('seq')
          .execute(),
      ),
    addRequests: (counts) => write((db) => addRequests(db, counts)),
    requests: (from, to) => read((db) => requestsOf(db, from, to)),
    addLabels: (labels) => write((db) => addLabels(db, labels)),
    labels: (from, to) => read((db) => labelsOf(db, from, to)),
    prune: (before) => write((db) => prune(db, before)),
    close: database.close,
  }
}

async function progressOf(db: MonitoringTransaction, journal: string): Promise<number> {
  const row = await db
    .selectFrom('prediction_journals')
    .select('done')
    .where('journal', '=', journal)
    .executeTakeFirst()
  return row?.done ?? 0
}

/** Moves a journal's mark from one place to the next; false when it stands elsewhere. */
async function advance(
  db: MonitoringTransaction,
  { journal, from, to }: JournalSpan,
  now: number,
): Promise<boolean> {
  if (from === 0) {
    const added = await db
      .insertInto('prediction_journals')
      .values({ journal, done: to, time: now })
      .onConflict((conflict) => conflict.column('journal').doNothing())
      .executeTakeFirst()
    return Number(added.numInsertedOrUpdatedRows ?? 0) > 0
  }
  const moved = await db
    .updateTable('prediction_journals')
    .set({ done: to, time: now })
    .where('journal', '=', journal)
    .where('done', '=', from)
    .executeTakeFirst()
  return Number(moved.numUpdatedRows) > 0
}

async function addRows(
  db: MonitoringTransaction,
  writer: string,
  rows: PredictionRows,
): Promise<void> {
  const last = await db
    .selectFrom('prediction_chunks')
    .select(['seq', 'count', 'rows'])
    .where('writer', '=', writer)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const before = last !== undefined && last.count < SMALL_CHUNK ? decodeRows(last.rows) : undefined
  if (before === undefined || !isSameKind(before, rows)) {
    await db
      .insertInto('prediction_chunks')
      .values({ writer, ...chunkOf(rows) })
      .execute()
    return
  }
  await db
    .updateTable('prediction_chunks')
    .set(chunkOf(joinRows([before, rows])))
    .where('seq', '=', last!.seq)
    .execute()
}

function chunkOf(rows: PredictionRows) {
  const { model, count, times } = rows
  return {
    model: model.name,
    version: model.version,
    sha256: model.sha256,
    first_time: times.reduce((least, time) => Math.min(least, time)),
    last_time: times.reduce((greatest, time) => Math.max(greatest, time)),
    count,
    rows: encodeRows(rows),
  }
}

async function loggedModels(db: MonitoringTransaction): Promise<LoggedModel[]> {
  const rows = await db
    .selectFrom('prediction_chunks')
    .select((eb) => ['model', 'version', 'sha256', eb.fn.max('last_time').as('last')])
    .groupBy(['model', 'version', 'sha256'])
    .execute()
  return rows
    .map(({ model: name, version, sha256, last }) => ({ model: { name, version, sha256 }, last }))
    .sort((a, b) => b.last - a.last)
}

async function addRequests(
  db: MonitoringTransaction,
  counts: readonly RequestCount[],
): Promise<void> {
  for (const count of counts) {
    await db
      .insertInto('request_counts')
      .values(count)
      .onConflict((conflict) =>
        conflict.column('minute').doUpdateSet((eb) => ({
          requests: eb('request_counts.requests', '+', eb.ref('excluded.requests')),
          errors: eb('request_counts.errors', '+', eb.ref('excluded.errors')),
        })),
      )
      .execute()
  }
}

async function requestsOf(db: MonitoringTransaction, from: number, to: number) {
  const { requests, errors } = await db
    .selectFrom('request_counts')
    .select((eb) => [
      eb.fn.sum<number | string | null>('requests').as('requests'),
      eb.fn.sum<number | string | null>('errors').as('errors'),
    ])
    .where('minute', '>=', from)
    .where('minute', '<', to)
    .executeTakeFirstOrThrow()
  return { requests: Number(requests ?? 0), errors: Number(errors ?? 0) }
}

async function addLabels(
  db: MonitoringTransaction,
  labels: readonly PredictionFeedback[],
): Promise<void> {
  // one statement must not name an id twice
  const last = [...new Map(labels.map((label) => [label.prediction_id, label])).values()]
  for (let start = 0; start < last.length; start += ROWS_AT_ONCE) {
    await db
      .insertInto('prediction_labels')
      .values(last.slice(start, start + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.column('prediction_id').doUpdateSet((eb) => ({
          label: eb.ref('excluded.label'),
          time: eb.ref('excluded.time'),
        })),
      )
      .execute()
  }
}

/** Ids sort by the time they were made at. */
async function labelsOf(
  db: MonitoringTransaction,
  from: number,
  to: number,
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('prediction_labels')
    .select(['prediction_id', 'label'])
    .where('prediction_id', '>=', idPrefix(from))
    .where('prediction_id', '<', idPrefix(to))
    .execute()
  return new Map(rows.map(({ prediction_id, label }) => [prediction_id, label]))
}

/** What ids of version 7 made at a time begin with. */
function idPrefix(time: number): string {
  const bounded = Math.min(Math.max(Math.ceil(time), 0), 2 ** 48 - 1)
  const hex = bounded.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}

async function prune(db: MonitoringTransaction, before: number): Promise<number> {
  const old = db.selectFrom('prediction_chunks').where('last_time', '<', before)
  const { count } = await old
    .select((eb) => eb.fn.sum<number | string | null>('count').as('count'))
    .executeTakeFirstOrThrow()
  await db.deleteFrom('prediction_chunks').where('last_time', '<', before).execute()
  await db.deleteFrom('prediction_labels').where('prediction_id', '<', idPrefix(before)).execute()
  await db.deleteFrom('request_counts').where('minute', '<', before).execute()
  await db.deleteFrom('prediction_gaps').where('time', '<', before).execute()
  await db
    .deleteFrom('prediction_journals')
    .where('time', '<', before - JOURNAL_MEMORY_MS)
    .execute()
  return Number(count ?? 0)
}
