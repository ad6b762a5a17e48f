import { type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from '../../storage/index.ts'
import { canonicalMetric } from '../metric-name.ts'
import type { RunEntry, RunPage, RunQuery } from '../run-store.ts'
import { filterSql, isIn, keysOf } from './filter-sql.ts'
import { storable } from './store-text.ts'
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
  const page = { total, offset, limit }
  const runs =
    key === undefined
      ? await newest(db, fits, page)
      : await sorted(db, fits, { key, descending: sort!.descending }, page)
  return { entries: await entriesOf(db, runs), total }
}

interface Page {
  /** Of all runs that fit. */
  readonly total: number
  readonly offset: number
  readonly limit: number
}

/** Ids of keys as they are stored, else of the metric they may be another name of. */
async function keyIds(db: RunTransaction, keys: readonly string[]): Promise<Map<string, number>> {
  if (keys.length === 0) return new Map()
  const spelled = (key: string) => [storable(key), storable(canonicalMetric(key))] as const
  const names = [...new Set(keys.flatMap(spelled))]
  const rows = await db.selectFrom('run_keys').selectAll().where('key', 'in', names).execute()
  const ids = new Map(rows.map(({ id, key }) => [key, id]))
  return new Map(
    keys.flatMap((key): [string, number][] => {
      const [exact, canonical] = spelled(key)
      const id = ids.get(exact) ?? ids.get(canonical)
      return id === undefined ? [] : [[key, id]]
    }),
  )
}

async function newest(
  db: RunTransaction,
  fits: RawBuilder<boolean>,
  { total, offset, limit }: Page,
): Promise<number[]> {
  if (offset >= total) return []
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
  { total, offset, limit }: Page,
): Promise<number[]> {
  if (offset >= total) return []
  const way = sql.raw(descending ? 'desc' : 'asc')
  const having = sql<boolean>`v.key = ${key} and v.kind > 0`
  const from = sql`from run_values v join runs on runs.seq = v.run where ${having} and ${fits}`
  const { rows } = await sql<{ seq: number }>`
    select v.run as seq ${from}
    order by v.kind ${way}, v.number ${way}, v.text ${way}, v.run desc
    limit ${limit} offset ${offset}`.execute(db)
  const runs = rows.map(({ seq }) => seq)
  if (runs.length === limit || offset + runs.length === total) return runs
  const sortable = runs.length > 0 || offset === 0 ? offset + runs.length : await countOf(db, from)
  const without = sql<boolean>`${fits} and not ${isIn(sql`select run from run_values v where ${having}`)}`
  const rest = {
    total: total - sortable,
    offset: Math.max(0, offset - sortable),
    limit: limit - runs.length,
  }
  return [...runs, ...(await newest(db, without, rest))]
}

async function countOf(db: RunTransaction, from: RawBuilder<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count ${from}`.execute(db)
  return rows[0]!.count
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
  const wanted = storable(text)
  const escaped = wanted.replace(/[\\%_]/g, '\\$&')
  const { rows } = await sql<{ id: string }>`
    select id from runs where id like ${`${escaped}%`} escape '\\' or id like ${`%-${escaped}`} escape '\\'
    order by case when id = ${wanted} then 0 else 1 end, seq desc limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}
