import type { RunEntry } from '../run-store.ts'
import { type RunValue, valuesOf } from './run-values.ts'
import { shortText, storable } from './store-text.ts'
import { type RunTables, type RunTransaction, SHORT_TEXT, ValueKind } from './tables.ts'

/** 2017: run numbers stay below 2^53 for a thousand years, and short in the file for now. */
const EPOCH = 1_500_000_000_000
/** Runs that may be created in one millisecond before they spill into the next. */
const SLOTS = 256
const ROWS_AT_ONCE = 500

/** Ids of keys. They never change, so that they can be kept once they are committed. */
export type KeyIds = Map<string, number>

/** Writes all that is known of a run but its metrics. What ids it looks up or makes, it adds to `ids`. */
export async function writeRun(
  db: RunTransaction,
  entry: RunEntry,
  ids: KeyIds = new Map(),
): Promise<void> {
  const { record, trashed } = entry
  const id = storable(record.id)
  const updated = Date.parse(record.updated)
  const old = await db
    .selectFrom('runs')
    .select(['seq', 'heartbeat'])
    .where('id', '=', id)
    .executeTakeFirst()
  const row = {
    id,
    status: record.status,
    trashed,
    heartbeat: Math.max(old?.heartbeat ?? updated, updated),
  }
  const json = JSON.stringify({ ...entry, trashed: undefined })
  const seq = old?.seq ?? (await insertRun(db, Date.parse(record.created), row))
  if (old === undefined) {
    await db.insertInto('run_entries').values({ run: seq, entry: json }).execute()
  } else {
    await db.updateTable('runs').set(row).where('seq', '=', seq).execute()
    await db.updateTable('run_entries').set({ entry: json }).where('run', '=', seq).execute()
  }
  await writeValues(db, seq, valuesOf(entry), { ids, isNew: old === undefined })
  await writeTags(db, seq, record.tags)
}

/** Inserts a run under the first number that is free from the time of its creation on. */
async function insertRun(
  db: RunTransaction,
  created: number,
  row: Omit<RunTables['runs'], 'seq'>,
): Promise<number> {
  const first = (created - EPOCH) * SLOTS
  const end = first + SLOTS
  const taken = await db
    .selectFrom('runs')
    .select((eb) => eb.fn.max('seq').as('last'))
    .where('seq', '>=', first)
    .where('seq', '<', end)
    .executeTakeFirst()
  if (taken?.last === end - 1) return insertRun(db, created + 1, row)
  // another process may take the same number at the same time, so the answer is not the last word
  for (let seq = taken?.last == null ? first : taken.last + 1; ; seq++) {
    const inserted = await db
      .insertInto('runs')
      .values({ seq, ...row })
      .onConflict((conflict) => conflict.column('seq').doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows === 1n) return seq
  }
}

interface ValueRow {
  readonly run: number
  readonly key: number
  readonly kind: number
  readonly number: number | null
  readonly text: string | null
}

async function writeValues(
  db: RunTransaction,
  run: number,
  values: ReadonlyMap<string, RunValue>,
  { ids, isNew }: { readonly ids: KeyIds; readonly isNew: boolean },
): Promise<void> {
  await addKeyIds(db, [...values.keys()], ids)
  const texts = [...values].map(([key, value]) => [ids.get(key)!, value] as const)
  const rows = new Map(texts.map(([key, value]) => [key, valueRow(run, key, value)]))
  const old = isNew
    ? []
    : await db.selectFrom('run_values').selectAll().where('run', '=', run).execute()
  const same = new Set(old.filter((row) => isSame(row, rows.get(row.key))).map(({ key }) => key))
  const gone = old.filter(({ key }) => !same.has(key)).map(({ key }) => key)
  for (const keys of portions(gone)) {
    await db.deleteFrom('run_values').where('run', '=', run).where('key', 'in', keys).execute()
  }
  for (const portion of portions([...rows.values()].filter(({ key }) => !same.has(key)))) {
    await db.insertInto('run_values').values(portion).execute()
  }
  if (!isNew) await db.deleteFrom('run_long_texts').where('run', '=', run).execute()
  const long = texts.flatMap(([key, value]) =>
    typeof value === 'string' && value.length >= SHORT_TEXT
      ? [{ run, key, text: storable(value) }]
      : [],
  )
  for (const portion of portions(long))
    await db.insertInto('run_long_texts').values(portion).execute()
}

function valueRow(run: number, key: number, value: RunValue): ValueRow {
  if (value === null) return { run, key, kind: ValueKind.nothing, number: null, text: null }
  if (typeof value === 'number')
    return { run, key, kind: ValueKind.number, number: value, text: null }
  return { run, key, kind: ValueKind.text, number: null, text: shortText(String(value)) }
}

function isSame(old: ValueRow, now: ValueRow | undefined): boolean {
  return old.kind === now?.kind && old.number === now.number && old.text === now.text
}

/** Adds the ids that are missing, and makes new ones. Sorted, so that two writers never wait for each other in a ring. */
async function addKeyIds(db: RunTransaction, keys: readonly string[], ids: KeyIds): Promise<void> {
  const missing = () => keys.filter((key) => !ids.has(key)).sort()
  const find = async () => {
    for (const portion of portions(missing())) {
      const rows = await db.selectFrom('run_keys').selectAll().where('key', 'in', portion).execute()
      for (const { id, key } of rows) ids.set(key, id)
    }
  }
  await find()
  for (const portion of portions(missing())) {
    await db
      .insertInto('run_keys')
      .values(portion.map((key) => ({ key })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  await find()
}

async function writeTags(db: RunTransaction, run: number, tags: readonly string[]): Promise<void> {
  await db.deleteFrom('run_tags').where('run', '=', run).execute()
  const rows = [...new Set(tags.map(shortText))].map((tag) => ({ run, tag }))
  for (const portion of portions(rows)) await db.insertInto('run_tags').values(portion).execute()
}

/** Databases bound the number of parameters of a statement. */
function portions<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / ROWS_AT_ONCE) }, (_, index) =>
    items.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE),
  )
}
