/**
 * OmegaConf's grammar of values with `${…}` in them: `a${b.c}`, `${oc.env:HOME,/tmp}`,
 * `${oc.create:{x: [1, ${y}]}}`. `\${` is a plain `${`.
 */
import type { Scalar } from './node.ts'
import { scalarOf, type Token, type TokenKind, tokenAt } from './override-lexer.ts'

export type InterpolationPart =
  | { readonly kind: 'text'; readonly text: string }
  /** The words of a key between dots and brackets; `dots` of them before the first. */
  | {
      readonly kind: 'key'
      readonly dots: number
      readonly words: readonly InterpolationPart[]
    }
  | {
      readonly kind: 'resolver'
      readonly name: readonly InterpolationPart[]
      readonly args: readonly InterpolationElement[]
    }

/** An argument of a resolver. */
export type InterpolationElement =
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  /** Several tokens or `${…}`, glued to one text; a lone `${…}` keeps its type. */
  | {
      readonly kind: 'parts'
      readonly parts: readonly InterpolationPart[]
      readonly quoted: boolean
    }
  | { readonly kind: 'list'; readonly items: readonly InterpolationElement[] }
  | {
      readonly kind: 'map'
      readonly entries: readonly (readonly [string, InterpolationElement])[]
    }

/** What is wrong in a value, and where, counted from 0. */
export class GrammarError extends Error {
  readonly position: number

  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

/** Parses a string value. Throws GrammarError. */
export function parseInterpolation(text: string): readonly InterpolationPart[] {
  return new Parser(text).text(undefined)
}

/** Parses the text given to `oc.decode`: one argument, as a resolver takes it. Throws GrammarError. */
export function parseSingleElement(text: string): InterpolationElement {
  const parser = new Parser(text)
  const element = parser.element()
  parser.expectEnd()
  return element
}

type Quote = "'" | '"'

/** Tokens of an override's value that are glued together here as well. */
const GLUED: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'id',
  'null',
  'int',
  'float',
  'bool',
  'char',
  ':',
  'escape',
  'space',
])

const KEY_CHARACTERS = /[^\\${}()[\]:. \t'"]+/y
const RESOLVER_NAME = /\s*(?:[A-Za-z_][\w-]*)?/y

/** Reads a text from left to right. */
class Parser {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Text and references up to the closing quote, or to the end where there is none. */
  text(quote: Quote | undefined): InterpolationPart[] {
    const parts: InterpolationPart[] = []
    let plain = ''
    const flush = () => {
      if (plain !== '') parts.push({ kind: 'text', text: plain })
      plain = ''
    }
    for (;;) {
      const slashes = this.#match(/\\*/y).length
      const escapes = this.#startsWith('${') || (quote !== undefined && this.#startsWith(quote))
      // backslashes count only before a reference, or before the quote they stand in
      plain += '\\'.repeat(escapes ? Math.floor(slashes / 2) : slashes)
      const isEscaped = escapes && slashes % 2 === 1
      if (this.#position === this.#text.length) {
        if (quote !== undefined) throw this.error(`the quote ${quote} is not closed`)
        flush()
        return parts
      }
      if (isEscaped) plain += this.#take(this.#startsWith('${') ? 2 : 1)
      else if (quote !== undefined && this.#startsWith(quote)) {
        this.#position++
        flush()
        return parts
      } else if (this.#startsWith('${')) {
        flush()
        parts.push(this.#reference())
      } else plain += this.#take(1)
    }
  }

  element(): InterpolationElement {
    this.#match(/[ \t]*/y)
    const next = this.#text[this.#position]
    if (next === "'" || next === '"') return this.#quoted(next)
    if (next === '[') return { kind: 'list', items: this.#sequence(']') }
    if (next === '{') return { kind: 'map', entries: this.#entries() }
    return this.#primitive()
  }

  expectEnd(): void {
    this.#match(/[ \t]*/y)
    if (this.#position < this.#text.length) throw this.unexpected()
  }

  error(message: string): GrammarError {
    return new GrammarError(message, this.#position)
  }

  unexpected(): GrammarError {
    const next = this.#text[this.#position]
    return this.error(next === undefined ? 'it ends too early' : `'${next}' is not expected`)
  }

  #reference(): InterpolationPart {
    this.#position += 2
    const name = this.#resolverName()
    if (name !== undefined) return { kind: 'resolver', name, args: this.#arguments() }
    const dots = this.#match(/[ \t]*\.*/y).trimStart().length
    const words = [this.#keyWord()]
    for (;;) {
      if (this.#match(/[ \t]*\}/y) !== '') return { kind: 'key', dots, words }
      if (this.#match(/\./y) === '' && !this.#startsWith('[')) throw this.#unclosed()
      words.push(this.#keyWord())
    }
  }

  #unclosed(): GrammarError {
    const ended = this.#position === this.#text.length
    return ended ? this.error('a reference is without its `}`') : this.unexpected()
  }

  /** One word of a key, in brackets or not: a text or a reference. */
  #keyWord(): InterpolationPart {
    const inBrackets = this.#match(/\[/y) !== ''
    const text = this.#match(KEY_CHARACTERS)
    if (text === '' && !this.#startsWith('${')) throw this.#unclosed()
    const part = text === '' ? this.#reference() : ({ kind: 'text', text } as const)
    if (inBrackets && this.#match(/\]/y) === '') throw this.#unclosed()
    return part
  }

  /** The name before a `:`, or undefined, and then nothing is read. */
  #resolverName(): InterpolationPart[] | undefined {
    const start = this.#position
    const parts: InterpolationPart[] = []
    for (;;) {
      const word = this.#match(RESOLVER_NAME).trimStart()
      if (word !== '') parts.push({ kind: 'text', text: word })
      else if (this.#startsWith('${')) parts.push(this.#reference())
      else if (parts.length > 0 && this.#match(/\./y) !== '')
        parts.push({ kind: 'text', text: '.' })
      else break
    }
    if (parts.length > 0 && this.#match(/[ \t]*:[ \t]*/y) !== '') return parts
    this.#position = start
    return undefined
  }

  #arguments(): InterpolationElement[] {
    if (this.#match(/[ \t]*\}/y) !== '') return []
    return this.#commaSeparated('}', () => this.element())
  }

  #sequence(end: string): InterpolationElement[] {
    this.#position++
    if (this.#match(/[ \t]*\]/y) !== '') return []
    return this.#commaSeparated(end, () => this.element())
  }

  #entries(): [string, InterpolationElement][] {
    this.#position++
    if (this.#match(/[ \t]*\}/y) !== '') return []
    return this.#commaSeparated('}', () => {
      const tokens = this.#tokens(':')
      if (tokens.length === 0) throw this.unexpected()
      if (this.#match(/[ \t]*:/y) === '') throw this.unexpected()
      return [String(this.#glue(tokens).value), this.element()]
    })
  }

  #commaSeparated<T>(end: string, part: () => T): T[] {
    const parts = [part()]
    for (;;) {
      this.#match(/[ \t]*/y)
      const next = this.#text[this.#position]
      if (next !== ',' && next !== end) throw this.#unclosed()
      this.#position++
      if (next === end) return parts
      parts.push(part())
    }
  }

  #quoted(quote: Quote): InterpolationElement {
    this.#position++
    return { kind: 'parts', parts: this.text(quote), quoted: true }
  }

  #primitive(): InterpolationElement {
    const groups: (InterpolationPart | Token)[] = []
    for (;;) {
      if (this.#startsWith('${')) groups.push(this.#reference())
      else {
        const token = this.#token()
        if (token === undefined) break
        groups.push(token)
      }
    }
    while (isSpace(groups.at(-1))) groups.pop()
    const tokens = groups.filter((part): part is Token => 'offset' in part)
    if (groups.length === 0) {
      // an argument may be empty: `${oc.env:NAME,}`
      if (/[,}]/.test(this.#text[this.#position] ?? '')) return scalarElement('')
      throw this.unexpected()
    }
    if (tokens.length === groups.length) return { kind: 'scalar', scalar: this.#glue(tokens) }
    const parts = groups.map((part) =>
      'offset' in part ? ({ kind: 'text', text: plainText(part) } as const) : part,
    )
    return { kind: 'parts', parts, quoted: false }
  }

  #tokens(stop: TokenKind): Token[] {
    const tokens: Token[] = []
    this.#match(/[ \t]*/y)
    for (;;) {
      const token = this.#token(stop)
      if (token === undefined) return tokens
      tokens.push(token)
    }
  }

  #token(stop?: TokenKind): Token | undefined {
    const token = tokenAt(this.#text, this.#position)
    if (token === undefined || !GLUED.has(token.kind) || token.kind === stop) return undefined
    this.#position += token.text.length
    return token
  }

  /** One token keeps its type, several are one text. */
  #glue(tokens: readonly Token[]): Scalar {
    const ends = tokens.at(-1)?.kind === 'space' ? tokens.slice(0, -1) : tokens
    if (ends.length === 1 && ends[0]!.kind !== 'escape') return scalarOf(ends[0]!)
    return { type: 'string', value: ends.map(plainText).join('') }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position
    const text = pattern.exec(this.#text)?.[0] ?? ''
    this.#position += text.length
    return text
  }

  #startsWith(text: string): boolean {
    return this.#text.startsWith(text, this.#position)
  }

  #take(count: number): string {
    const text = this.#text.slice(this.#position, this.#position + count)
    this.#position += count
    return text
  }
}

const isSpace = (part: InterpolationPart | Token | undefined) => part?.kind === 'space'

const plainText = ({ kind, text }: Token) =>
  kind === 'escape' ? text.replace(/\\(.)/g, '$1') : text

function scalarElement(value: string): InterpolationElement {
  return { kind: 'scalar', scalar: { type: 'string', value } }
}
