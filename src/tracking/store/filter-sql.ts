import { type RawBuilder, sql } from 'kysely'
import type { DatabaseKind } from '../../storage/index.ts'
import type { Filter } from '../run-store.ts'
import { shortText, storable } from './store-text.ts'
import { SHORT_TEXT, ValueKind } from './tables.ts'

type Compare = Extract<Filter, { kind: 'compare' }>
type Condition = RawBuilder<boolean>

/** What turning a filter into SQL needs to know. */
export interface FilterContext {
  readonly kind: DatabaseKind
  /** The id of a key as it was typed; undefined: no run has it. */
  keyId(key: string): number | undefined
}

/** Every key a filter names, but `tag`. */
export function keysOf(filter: Filter): string[] {
  if (filter.kind === 'not') return keysOf(filter.part)
  if (filter.kind === 'compare') return isTag(filter.key) ? [] : [filter.key]
  return filter.parts.flatMap(keysOf)
}

/**
 * A condition on `runs`. It is true or false, never unknown: a run without the key fits `= null`,
 * `!=` and `!~` only. Values are parameters; each set of runs comes from one range of an index.
 */
export function filterSql(filter: Filter, context: FilterContext): Condition {
  if (filter.kind === 'not') return not(filterSql(filter.part, context))
  if (filter.kind === 'compare') return compareSql(filter, context)
  const parts = filter.parts.map((part) => filterSql(part, context))
  if (parts.length === 0) return filter.kind === 'and' ? sql`(1 = 1)` : sql`(1 = 0)`
  return sql`(${sql.join(parts, filter.kind === 'and' ? sql` and ` : sql` or `)})`
}

const OPPOSITE = { '!=': '=', '!~': '~' } as const

function compareSql(compare: Compare, context: FilterContext): Condition {
  const { operator } = compare
  if (operator === '!=' || operator === '!~') {
    return not(compareSql({ ...compare, operator: OPPOSITE[operator] }, context))
  }
  if (isTag(compare.key)) return tagSql(compare, context)
  const key = context.keyId(compare.key)
  if (compare.value === null) {
    // nothing is less than, more than or part of null
    if (operator !== '=') return NEVER
    return key === undefined ? ALWAYS : not(withValue(sql`key = ${key} and kind > 0`))
  }
  return key === undefined ? NEVER : valueSql(compare, key, context)
}

const ALWAYS: Condition = sql`(1 = 1)`
const NEVER: Condition = sql`(1 = 0)`

function valueSql({ operator, value }: Compare, key: number, context: FilterContext): Condition {
  if (operator === '~') return containsSql(key, String(value), context)
  const sign = sql.raw(operator)
  if (typeof value === 'number') {
    return withValue(sql`key = ${key} and kind = ${ValueKind.number} and number ${sign} ${value}`)
  }
  const text = String(value)
  if (operator === '=' && text.length >= SHORT_TEXT) {
    return withLongText(sql`key = ${key} and text = ${storable(text)}`)
  }
  return withValue(
    sql`key = ${key} and kind = ${ValueKind.text} and number is null and text ${sign} ${shortText(text)}`,
  )
}

/** Numbers are looked at as they are written. */
function containsSql(key: number, part: string, context: FilterContext): Condition {
  const found = [
    withValue(
      sql`key = ${key} and kind = ${ValueKind.text} and ${contains(sql`text`, part, context.kind)}`,
    ),
    withLongText(sql`key = ${key} and ${contains(sql`text`, part, context.kind)}`),
  ]
  if (/^[-+.\de]*$/i.test(part)) {
    found.push(
      withValue(
        sql`key = ${key} and kind = ${ValueKind.number} and ${contains(numberAsText(context.kind), part, context.kind)}`,
      ),
    )
  }
  return sql`(${sql.join(found, sql` or `)})`
}

/** SQLite writes whole numbers of a real column as `42.0`. */
function numberAsText(kind: DatabaseKind): RawBuilder<unknown> {
  if (kind === 'postgres') return sql`cast(number as text)`
  return sql`case when number = cast(number as integer) then cast(cast(number as integer) as text) else cast(number as text) end`
}

/** Without regard to case, of other scripts too; `like` on its own knows only ASCII, and is quicker. */
function contains(column: RawBuilder<unknown>, part: string, kind: DatabaseKind): Condition {
  const pattern = `%${storable(part).replace(/[\\%_]/g, '\\$&')}%`
  const isAscii = /^[\0-\x7f]*$/.test(part)
  if (kind === 'sqlite') {
    return isAscii
      ? sql`${column} like ${pattern} escape '\\'`
      : sql`fold(${column}) like ${pattern.toLowerCase()} escape '\\'`
  }
  return isAscii
    ? sql`${column} ilike ${pattern} escape '\\'`
    : sql`lower(${column} collate "und-x-icu") like lower(${pattern} collate "und-x-icu") escape '\\'`
}

function tagSql({ operator, value }: Compare, { kind }: FilterContext): Condition {
  if (value === null) {
    return operator === '=' ? not(isIn(sql`select run from run_tags`)) : NEVER
  }
  const text = shortText(String(value))
  const condition =
    operator === '~' ? contains(sql`tag`, text, kind) : sql`tag ${sql.raw(operator)} ${text}`
  return isIn(sql`select run from run_tags where ${condition}`)
}

function isTag(key: string): boolean {
  return key === 'tag' || key === 'tags'
}

function withValue(condition: RawBuilder<unknown>): Condition {
  return isIn(sql`select run from run_values where ${condition}`)
}

function withLongText(condition: RawBuilder<unknown>): Condition {
  return isIn(sql`select run from run_long_texts where ${condition}`)
}

/**
 * Whether a run is in a set, which is built once and then looked into. Both databases would rather
 * join, and without statistics they join pair by pair, for minutes: the plus forbids it to SQLite,
 * `is true` to PostgreSQL.
 */
export function isIn(runs: RawBuilder<unknown>): Condition {
  return sql`((+runs.seq in (${runs})) is true)`
}

function not(condition: Condition): Condition {
  return sql`(not ${condition})`
}
