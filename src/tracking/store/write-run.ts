import type { RunEntry } from '../run-store.ts'
import { type RunValue, valuesOf } from './run-values.ts'
import { shortText, storable } from './store-text.ts'
import { type RunTransaction, SHORT_TEXT, ValueKind } from './tables.ts'

/** 2017: run numbers stay below 2^53 for ten thousand years, and short in the file for now. */
const EPOCH = 1_500_000_000_000
/** Runs that may be created in one millisecond before they spill into the next. */
const SLOTS = 256
const ROWS_AT_ONCE = 500

/** Writes all that is known of a run but its metrics. */
export async function writeRun(db: RunTransaction, entry: RunEntry): Promise<void> {
  const { record, trashed } = entry
  const updated = Date.parse(record.updated)
  const old = await db
    .selectFrom('runs')
    .select(['seq', 'heartbeat'])
    .where('id', '=', record.id)
    .executeTakeFirst()
  const row = {
    id: record.id,
    status: record.status,
    trashed,
    heartbeat: Math.max(old?.heartbeat ?? updated, updated),
  }
  const seq = old?.seq ?? (await freeSequence(db, Date.parse(record.created)))
  const json = JSON.stringify({ ...entry, trashed: undefined })
  if (old === undefined) {
    await db
      .insertInto('runs')
      .values({ seq, ...row })
      .execute()
    await db.insertInto('run_entries').values({ run: seq, entry: json }).execute()
  } else {
    await db.updateTable('runs').set(row).where('seq', '=', seq).execute()
    await db.updateTable('run_entries').set({ entry: json }).where('run', '=', seq).execute()
  }
  await writeValues(db, seq, valuesOf(entry), old === undefined)
  await writeTags(db, seq, record.tags)
}

async function freeSequence(db: RunTransaction, created: number): Promise<number> {
  const first = (created - EPOCH) * SLOTS
  const row = await db
    .selectFrom('runs')
    .select((eb) => eb.fn.max('seq').as('last'))
    .where('seq', '>=', first)
    .where('seq', '<', first + SLOTS)
    .executeTakeFirst()
  if (row?.last == null) return first
  // a full millisecond: rare, and then the order within it does not matter
  return row.last + 1 < first + SLOTS ? row.last + 1 : freeSequence(db, created + 1)
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
  isNew: boolean,
): Promise<void> {
  const ids = await keyIds(db, [...values.keys()])
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

/** Ids of keys, made where they are new. Sorted, so that two writers never wait for each other in a ring. */
async function keyIds(db: RunTransaction, keys: readonly string[]): Promise<Map<string, number>> {
  const ids = new Map<string, number>()
  const find = async (names: readonly string[]) => {
    for (const portion of portions(names)) {
      const rows = await db.selectFrom('run_keys').selectAll().where('key', 'in', portion).execute()
      for (const { id, key } of rows) ids.set(key, id)
    }
  }
  await find(keys)
  const missing = keys.filter((key) => !ids.has(key)).sort()
  for (const portion of portions(missing)) {
    await db
      .insertInto('run_keys')
      .values(portion.map((key) => ({ key })))
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  await find(missing)
  return ids
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
