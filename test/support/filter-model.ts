/** Filters as the documentation describes them, without a database: what the store is compared with. */
import fc from 'fast-check'
import type { Filter, RunEntry } from '../../src/tracking/index.ts'

type Value = string | number | boolean | null

/** Of runs whose configuration is flat and hides no field of the record. */
export function fits(entry: RunEntry, filter: Filter): boolean {
  if (filter.kind === 'not') return !fits(entry, filter.part)
  if (filter.kind !== 'compare') {
    const one = (part: Filter) => fits(entry, part)
    return filter.kind === 'and' ? filter.parts.every(one) : filter.parts.some(one)
  }
  const { operator, value } = filter
  if (operator === '!=') return !fits(entry, { ...filter, operator: '=' })
  if (operator === '!~') return !fits(entry, { ...filter, operator: '~' })
  const found = (
    filter.key === 'tag'
      ? entry.record.tags
      : [entry.config[filter.key] ?? entry.record.summary[filter.key]]
  ).filter((one) => one !== undefined && one !== null) as Value[]
  if (value === null) return operator === '=' && found.length === 0
  // tags are texts, `42` too
  const wanted = filter.key === 'tag' ? String(value) : value
  return found.some((one) => compares(one, operator, wanted))
}

function compares(one: Value, operator: string, value: Exclude<Value, null>): boolean {
  if (operator === '~') return String(one).toLowerCase().includes(String(value).toLowerCase())
  if ((typeof one === 'number') !== (typeof value === 'number')) return false
  const order =
    typeof one === 'number' ? one - (value as number) : bytesOrder(String(one), String(value))
  if (operator === '=') return order === 0
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

const bytesOrder = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const texts = [
  'cnn',
  'CNN',
  'mlp',
  'größe',
  'GRÖSSE',
  '',
  'a%b',
  'a_b',
  '5',
  'true',
  'x'.repeat(300),
  '\u{1f600}',
]
const numbers = [-1.5, 0, 0.1, 5, 42]
const value = fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...numbers), fc.boolean())
const config = fc.dictionary(fc.constantFrom('a', 'b', 'c.d'), fc.oneof(value, fc.constant(null)))
const summary = fc.dictionary(fc.constantFrom('loss', 'val.loss'), fc.constantFrom(...numbers))
const tags = fc.subarray(['best', 'cnn', 'größe', '42'])

export const runValues = fc.record({ config, summary, tags })

export const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      kind: fc.constant('compare' as const),
      key: fc.constantFrom('a', 'b', 'c.d', 'loss', 'val.loss', 'tag', 'unknown'),
      operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~', '!~'),
      value: fc.oneof(value, fc.constant(null)),
    }),
    fc.record({ kind: fc.constant('not' as const), part: tie('filter') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('filter'), { maxLength: 3 }),
    }),
  ),
})).filter
