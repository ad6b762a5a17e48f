import { type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from '../../storage/index.ts'
import { canonicalMetric } from '../metric-name.ts'
import type { RunEntry, RunPage, RunQuery } from '../run-store.ts'
import { filterSql, keysOf } from './filter-sql.ts'
import type { RunTransaction } from './tables.ts'

/** One page of the runs that fit, and how many there are in all. */
export async function findRuns(
  db: RunTransaction,
  kind: DatabaseKind,
  query: RunQuery,
): Promise<RunPage> {
  const { filter, sort, trashed = false, offset = 0, limit } = query
  const keys = await keyIds(db, [...(filter ? keysOf(filter) : []), ...(sort ? [sort.key] : [])])
  const place = sql<boolean>`runs.trashed is ${sql.raw(trashed ? 'not null' : 'null')}`
  const fits = filter
    ? sql<boolean>`${place} and ${filterSql(filter, { kind, keyId: (key) => keys.get(key) })}`
    : place
  const { rows } = await sql<{
    total: number
  }>`select count(*) as total from runs where ${fits}`.execute(db)
  const { total } = rows[0]!
  const key = sort && keys.get(sort.key)
  const runs =
    key === undefined
      ? await newest(db, fits, offset, limit)
      : await sorted(db, fits, { key, descending: sort!.descending }, offset, limit)
  return { entries: await entriesOf(db, runs), total }
}

/** Ids of keys as they are stored, else of the metric they may be another name of. */
async function keyIds(db: RunTransaction, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const names = [...new Set(keys.flatMap((key) => [key, canonicalMetric(key)]))]
  const rows = await db.selectFrom('run_keys').selectAll().where('key', 'in', names).execute()
  const ids = new Map(rows.map(({ id, key }) => [key, id]))
  return new Map(
    keys.flatMap((key): [string, number][] => {
      const id = ids.get(key) ?? ids.get(canonicalMetric(key))
      return id === undefined ? [] : [[key, id]]
    }),
  )
}

async function newest(
  db: RunTransaction,
  fits: RawBuilder<boolean>,
  offset: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    select seq from runs where ${fits} order by seq desc limit ${limit} offset ${offset}`.execute(
    db,
  )
  return rows.map(({ seq }) => seq)
}

/** First those that have the key, read in the order of its index; then, where the page has room, the others. */
async function sorted(
  db: RunTransaction,
  fits: RawBuilder<boolean>,
  { key, descending }: { key: number; descending: boolean },
  offset: number,
  limit: number,
): Promise<number[]> {
  const way = sql.raw(descending ? 'desc' : 'asc')
  const having = sql<boolean>`v.key = ${key} and v.kind > 0`
  const { rows } = await sql<{ seq: number }>`
    select v.run as seq from run_values v join runs on runs.seq = v.run where ${having} and ${fits}
    order by v.kind ${way}, v.number ${way}, v.text ${way}, v.run desc limit ${limit} offset ${offset}`.execute(
    db,
  )
  if (rows.length === limit) return rows.map(({ seq }) => seq)
  const count = await sql<{ total: number }>`
    select count(*) as total from run_values v join runs on runs.seq = v.run where ${having} and ${fits}`.execute(
    db,
  )
  const without = sql<boolean>`${fits} and runs.seq not in (select run from run_values v where ${having})`
  const rest = await newest(
    db,
    without,
    Math.max(0, offset - count.rows[0]!.total),
    limit - rows.length,
  )
  return [...rows.map(({ seq }) => seq), ...rest]
}

/** Entries of runs, in the order of the numbers. */
export async function entriesOf(db: RunTransaction, runs: readonly number[]): Promise<RunEntry[]> {
  if (runs.length === 0) return []
  const rows = await db
    .selectFrom('run_entries')
    .innerJoin('runs', 'runs.seq', 'run_entries.run')
    .select(['run', 'entry', 'trashed'])
    .where('run', 'in', runs)
    .execute()
  const entries = new Map(rows.map(({ run, entry, trashed }) => [run, parseEntry(entry, trashed)]))
  return runs.flatMap((run) => entries.get(run) ?? [])
}

function parseEntry(text: string, trashed: string | null): RunEntry {
  return { ...(JSON.parse(text) as RunEntry), trashed }
}

/** Ids that start with a text or end with `-text`: exact first, then newest first, in the trash or not. */
export async function findRunIds(
  db: RunTransaction,
  text: string,
  limit: number,
): Promise<string[]> {
  const escaped = text.replace(/[\\%_]/g, '\\$&')
  const { rows } = await sql<{ id: string }>`
    select id from runs where id like ${`${escaped}%`} escape '\\' or id like ${`%-${escaped}`} escape '\\'
    order by case when id = ${text} then 0 else 1 end, seq desc limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}
