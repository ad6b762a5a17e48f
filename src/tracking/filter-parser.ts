import { type FilterToken, filterError, tokenizeFilter } from './filter-lexer.ts'
import type { Filter } from './run-store.ts'

type Compare = Extract<Filter, { kind: 'compare' }>

const OPERATORS: Readonly<Record<string, Compare['operator']>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '~': '~',
  '!~': '!~',
}
const MEANT: Readonly<Record<string, string>> = {
  '=<': '<=',
  '=>': '>=',
  '<>': '!=',
  '=~': '~',
  '!': 'not',
  '!==': '!=',
  '===': '=',
}
/** Far below what SQLite takes. */
const MOST_COMPARISONS = 200
const DEEPEST = 100
/** Texts, even where one consists of digits: a commit, a tag `42`, `created > 2026`. */
const TEXT_KEYS =
  /^(tags?|id|project|created|updated|notes|command|git\.commit|.*digest|sweep\.id)$/
const NUMBER = /^[-+]?(\d[\d_]*(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i

interface Reader {
  readonly filter: string
  peek(): FilterToken
  take(): FilterToken
  /** Throws FILTER_INVALID at the next token. */
  fail(problem: string): never
}

/**
 * Parses `val.accuracy > 0.92 and (model.type = "cnn" or not tag = old)`. Operators: `= == != < <=
 * > >=`, and `~` and `!~` for "contains". A key or a value with blanks, brackets or operators in it
 * stands in quotes; a quoted value is a text always, a bare one a number, true, false, null or a
 * text. `not` binds closer than `and`, `and` closer than `or`. An empty filter fits every run.
 * Throws FILTER_INVALID, whose message marks the place.
 */
export function parseFilter(text: string): Filter {
  const reader = createReader(text)
  if (reader.peek().kind === 'end') return { kind: 'and', parts: [] }
  const filter = parseOr(reader, 0)
  if (reader.peek().kind !== 'end') reader.fail('expected "and", "or" or the end')
  return filter
}

function createReader(filter: string): Reader {
  const tokens = tokenizeFilter(filter)
  const operators = tokens.filter(({ kind }) => kind === 'operator')
  const excess = operators[MOST_COMPARISONS]
  if (excess) {
    throw filterError(filter, excess.offset, `expected at most ${MOST_COMPARISONS} comparisons`)
  }
  let next = 0
  const peek = () => tokens[next]!
  return {
    filter,
    peek,
    // `end` is never passed
    take: () => tokens[next + 1 < tokens.length ? next++ : next]!,
    fail(problem) {
      throw filterError(filter, peek().offset, `${problem}, got ${nameOf(peek())}`)
    },
  }
}

function nameOf({ kind, text }: FilterToken): string {
  return kind === 'end' ? 'the end' : `'${text}'`
}

function parseOr(reader: Reader, depth: number): Filter {
  const parts = [parseAnd(reader, depth)]
  while (takeWord(reader, 'or')) parts.push(parseAnd(reader, depth))
  return parts.length === 1 ? parts[0]! : { kind: 'or', parts }
}

function parseAnd(reader: Reader, depth: number): Filter {
  const parts = [parseNot(reader, depth)]
  while (takeWord(reader, 'and')) parts.push(parseNot(reader, depth))
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts }
}

function parseNot(reader: Reader, depth: number): Filter {
  if (depth > DEEPEST) reader.fail(`expected at most ${DEEPEST} levels`)
  if (takeWord(reader, 'not')) return { kind: 'not', part: parseNot(reader, depth + 1) }
  if (reader.peek().kind !== '(') return parseCompare(reader)
  reader.take()
  const inner = parseOr(reader, depth + 1)
  if (reader.peek().kind !== ')') reader.fail('expected "and", "or" or ")"')
  reader.take()
  return inner
}

function parseCompare(reader: Reader): Filter {
  const key = reader.peek()
  const isKey = key.kind === 'string' || (key.kind === 'word' && !isNumber(key.text))
  if (!isKey || isConnective(key)) reader.fail('expected a key, "not" or "("')
  reader.take()
  const operator = parseOperator(reader)
  const value = reader.peek()
  if (value.kind !== 'word' && value.kind !== 'string') reader.fail('expected a value')
  reader.take()
  return {
    kind: 'compare',
    key: key.text,
    operator,
    value: valueOfToken(key.text, operator, value),
  }
}

function parseOperator(reader: Reader): Compare['operator'] {
  const { kind, text } = reader.peek()
  const operator = kind === 'operator' && Object.hasOwn(OPERATORS, text) && OPERATORS[text]
  if (operator) {
    reader.take()
    return operator
  }
  const meant = kind === 'operator' && Object.hasOwn(MEANT, text) ? ` (write ${MEANT[text]})` : ''
  return reader.fail(`expected one of = != < <= > >= ~ !~${meant}`)
}

function valueOfToken(
  key: string,
  operator: Compare['operator'],
  token: FilterToken,
): Compare['value'] {
  const { kind, text } = token
  if (kind === 'string') return text
  const word = text.toLowerCase()
  if (word === 'null') return null
  if (operator === '~' || operator === '!~' || TEXT_KEYS.test(key)) return text
  if (word === 'true' || word === 'false') return word === 'true'
  return isNumber(text) ? Number(text.replaceAll('_', '')) : text
}

function isNumber(text: string): boolean {
  return NUMBER.test(text)
}

function isConnective({ kind, text }: FilterToken): boolean {
  return kind === 'word' && /^(and|or|not)$/i.test(text)
}

/** Takes the next token if it is this word; in quotes it would be a key. */
function takeWord(reader: Reader, word: string): boolean {
  const { kind, text } = reader.peek()
  if (kind !== 'word' || text.toLowerCase() !== word) return false
  reader.take()
  return true
}
