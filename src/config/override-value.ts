import { AtelierError } from '../core/index.ts'
import type { Scalar } from './node.ts'
import { scalarOf, type Token, type TokenKind, tokenize } from './override-lexer.ts'

/** The value of an override as written; functions and sweeps are kept for whoever runs them. */
export type OverrideValue =
  | { readonly kind: 'scalar'; readonly scalar: Scalar; readonly quoted: boolean }
  | { readonly kind: 'list'; readonly items: readonly OverrideValue[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [string, OverrideValue])[] }
  | {
      readonly kind: 'function'
      readonly name: string
      readonly args: readonly (readonly [string | undefined, OverrideValue])[]
    }
  /** `a,b` at the top level. */
  | { readonly kind: 'sweep'; readonly items: readonly OverrideValue[] }

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

/** Parses what stands right of the `=`; the empty text is the empty string. */
export function parseOverrideValue(text: string, override: string): OverrideValue {
  if (text === '') return stringValue('')
  const cursor = new TokenCursor(tokenize(text, override), override)
  const items = cursor.separated(() => parseElement(cursor))
  cursor.expectEnd()
  return items.length === 1 ? items[0]! : { kind: 'sweep', items }
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

  error(what?: string): AtelierError {
    const token = this.peek()
    const found =
      token === undefined ? 'the value ends too early' : `'${token.text}' is not expected`
    const bareEqual = token?.kind === '='
    return new AtelierError('CONFIG_SYNTAX', `Override '${this.#override}': ${what ?? found}.`, {
      hint: bareEqual
        ? 'A value that holds `=` needs quotes: "key=\'a=b\'".'
        : 'Lists are [a,b], maps are {a: 1}; other special characters need quotes.',
    })
  }
}

function parseElement(cursor: TokenCursor): OverrideValue {
  const quoted = cursor.take('quoted')
  if (quoted !== undefined) return stringValue(unquote(quoted.text))
  if (cursor.take('[') !== undefined) return parseList(cursor)
  if (cursor.take('{') !== undefined) return parseMap(cursor)
  if (cursor.peek()?.kind === 'id' && cursor.peek(1)?.kind === '(') return parseFunction(cursor)
  return { kind: 'scalar', scalar: parsePrimitive(cursor, PRIMITIVE), quoted: false }
}

function parseList(cursor: TokenCursor): OverrideValue {
  if (cursor.take(']') !== undefined) return { kind: 'list', items: [] }
  const items = cursor.separated(() => parseElement(cursor))
  cursor.expect(']')
  return { kind: 'list', items }
}

const DICT_KEY: ReadonlySet<TokenKind> = new Set(
  [...PRIMITIVE].filter((kind) => kind !== ':' && kind !== 'interpolation'),
)

function parseMap(cursor: TokenCursor): OverrideValue {
  if (cursor.take('}') !== undefined) return { kind: 'map', entries: [] }
  const entries = cursor.separated(() => {
    const key = String(parsePrimitive(cursor, DICT_KEY).value)
    cursor.expect(':')
    return [key, parseElement(cursor)] as const
  })
  cursor.expect('}')
  return { kind: 'map', entries }
}

function parseFunction(cursor: TokenCursor): OverrideValue {
  const name = cursor.take('id')!.text
  cursor.expect('(')
  if (cursor.take(')') !== undefined) return { kind: 'function', name, args: [] }
  const args = cursor.separated(() => {
    const named = cursor.peek()?.kind === 'id' && cursor.peek(1)?.kind === '='
    const argument = named ? cursor.take('id')!.text : undefined
    if (named) cursor.expect('=')
    return [argument, parseElement(cursor)] as const
  })
  cursor.expect(')')
  return { kind: 'function', name, args }
}

/** One token keeps its type; several are one string. Blanks at both ends do not count. */
function parsePrimitive(cursor: TokenCursor, kinds: ReadonlySet<TokenKind>): Scalar {
  const tokens = cursor.takeWhile(kinds)
  while (tokens[0]?.kind === 'space') tokens.shift()
  while (tokens.at(-1)?.kind === 'space') tokens.pop()
  if (tokens.length === 0) throw cursor.error()
  if (tokens.length === 1 && tokens[0]!.kind !== 'escape') return scalarOf(tokens[0]!)
  const parts = tokens.map(({ kind, text }) =>
    kind === 'escape' ? text.replace(/\\(.)/g, '$1') : text,
  )
  return { type: 'string', value: parts.join('') }
}

/** In quotes a backslash escapes only the quote, and backslashes that stand before one. */
function unquote(text: string): string {
  const quote = text[0]!
  const body = text.slice(1, -1)
  const beforeQuote = new RegExp(`(\\\\+)(${quote}|$)`, 'g')
  return body.replace(
    beforeQuote,
    (_all, slashes: string, end: string) => '\\'.repeat(Math.floor(slashes.length / 2)) + end,
  )
}

function stringValue(value: string): OverrideValue {
  return { kind: 'scalar', scalar: { type: 'string', value }, quoted: true }
}
