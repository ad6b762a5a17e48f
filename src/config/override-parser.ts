import type { AtelierError } from '../core/index.ts'
import type { Scalar } from './node.ts'
import { syntaxErrorAt } from './override-error.ts'
import { callFunction, type FunctionArguments } from './override-functions.ts'
import { scalarOf, type Token, type TokenKind, tokenize } from './override-lexer.ts'
import {
  isElement,
  type OverrideElement,
  type OverrideValue,
  type QuoteMark,
  stringElement,
} from './override-value.ts'

/** Tokens that may be glued together into one unquoted string. */
const PRIMITIVE: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'id',
  'null',
  'int',
  'float',
  'bool',
  'interpolation',
  'char',
  ':',
  'escape',
  'space',
])

/** Parses what stands right of the `=`, from `offset` on; nothing there is the empty string. */
export function parseOverrideValue(override: string, offset: number): OverrideValue {
  const tokens = tokenize(override, offset)
  if (tokens.length === 0) return stringElement('')
  const cursor = new TokenCursor(tokens, override)
  const items = cursor.separated(() => parseElement(cursor))
  cursor.expectEnd()
  if (items.length === 1) return items[0]!
  return {
    kind: 'choice',
    items: items.map((item) => requireElement(item, cursor)),
    simple: true,
    shuffle: false,
  }
}

/** Reads a token list from left to right and knows how to complain. */
class TokenCursor {
  readonly #tokens: readonly Token[]
  readonly #override: string
  #position = 0

  constructor(tokens: readonly Token[], override: string) {
    this.#tokens = tokens
    this.#override = override
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#position + ahead]
  }

  take(kind: TokenKind): Token | undefined {
    const token = this.peek()
    if (token?.kind !== kind) return undefined
    this.#position++
    return token
  }

  takeWhile(kinds: ReadonlySet<TokenKind>): Token[] {
    const start = this.#position
    while (kinds.has(this.peek()?.kind ?? '=')) this.#position++
    return this.#tokens.slice(start, this.#position)
  }

  expect(kind: TokenKind): void {
    if (this.take(kind) === undefined) throw this.error(`'${kind}' is missing`)
  }

  expectEnd(): void {
    if (this.peek() !== undefined) throw this.error()
  }

  /** One or more parts with commas between them. */
  separated<T>(part: () => T): T[] {
    const parts = [part()]
    while (this.take(',') !== undefined) parts.push(part())
    return parts
  }

  error(what?: string, at = this.peek()): AtelierError {
    const found = at === undefined ? 'the value ends too early' : `'${at.text}' is not expected`
    const hint =
      at?.kind === '='
        ? 'A value that holds `=` needs quotes: "key=\'a=b\'".'
        : 'Lists are [a,b], maps are {a: 1}; other special characters need quotes.'
    return syntaxErrorAt(this.#override, at?.offset, what ?? found, hint)
  }
}

function parseElement(cursor: TokenCursor): OverrideValue {
  const quoted = cursor.take('quoted')
  if (quoted !== undefined) return unquote(quoted.text)
  if (cursor.take('[') !== undefined) return parseList(cursor)
  if (cursor.take('{') !== undefined) return parseMap(cursor)
  if (cursor.peek()?.kind === 'id' && cursor.peek(1)?.kind === '(') return parseFunction(cursor)
  return { kind: 'scalar', scalar: parsePrimitive(cursor, PRIMITIVE) }
}

function requireElement(value: OverrideValue, cursor: TokenCursor): OverrideElement {
  if (isElement(value)) return value
  throw cursor.error(`a ${value.kind} cannot stand inside another value`)
}

function parseList(cursor: TokenCursor): OverrideElement {
  if (cursor.take(']') !== undefined) return { kind: 'list', items: [] }
  const items = cursor.separated(() => requireElement(parseElement(cursor), cursor))
  cursor.expect(']')
  return { kind: 'list', items }
}

const DICT_KEY: ReadonlySet<TokenKind> = new Set(
  [...PRIMITIVE].filter((kind) => kind !== ':' && kind !== 'interpolation'),
)

function parseMap(cursor: TokenCursor): OverrideElement {
  if (cursor.take('}') !== undefined) return { kind: 'map', entries: [] }
  const entries = cursor.separated(() => {
    const key = String(parsePrimitive(cursor, DICT_KEY).value)
    cursor.expect(':')
    return [key, requireElement(parseElement(cursor), cursor)] as const
  })
  cursor.expect('}')
  return { kind: 'map', entries }
}

function parseFunction(cursor: TokenCursor): OverrideValue {
  const start = cursor.take('id')!
  cursor.expect('(')
  const args = cursor.take(')') === undefined ? parseArguments(cursor) : { plain: [], named: [] }
  try {
    return callFunction(start.text, args)
  } catch (error) {
    if (!(error instanceof RangeError) && !(error instanceof TypeError)) throw error
    throw cursor.error(`${start.text}(): ${error.message}`, start)
  }
}

function parseArguments(cursor: TokenCursor): FunctionArguments {
  const plain: OverrideValue[] = []
  const named: [string, OverrideValue][] = []
  cursor.separated(() => {
    const isNamed = cursor.peek()?.kind === 'id' && cursor.peek(1)?.kind === '='
    if (isNamed) {
      const name = cursor.take('id')!.text
      cursor.expect('=')
      named.push([name, parseElement(cursor)])
    } else {
      if (named.length > 0) throw cursor.error('an argument without a name follows one with a name')
      plain.push(parseElement(cursor))
    }
  })
  cursor.expect(')')
  return { plain, named }
}

/** One token keeps its type; several are one string. Blanks at both ends do not count. */
function parsePrimitive(cursor: TokenCursor, kinds: ReadonlySet<TokenKind>): Scalar {
  const tokens = cursor.takeWhile(kinds)
  if (tokens[0]?.kind === 'space') tokens.shift()
  if (tokens.at(-1)?.kind === 'space') tokens.pop()
  if (tokens.length === 0) throw cursor.error()
  if (tokens.length === 1 && tokens[0]!.kind !== 'escape') return scalarOf(tokens[0]!)
  const parts = tokens.map(({ kind, text }) =>
    kind === 'escape' ? text.replace(/\\(.)/g, '$1') : text,
  )
  return { type: 'string', value: parts.join('') }
}

/** In quotes a backslash escapes only the quote, and backslashes that stand before one. */
function unquote(text: string): OverrideElement {
  const quote = text[0] as QuoteMark
  const body = text.slice(1, -1)
  const beforeQuote = new RegExp(`(\\\\+)(${quote}|$)`, 'g')
  const value = body.replace(
    beforeQuote,
    (_all, slashes: string, end: string) => '\\'.repeat(Math.floor(slashes.length / 2)) + end,
  )
  return stringElement(value, quote)
}
