import type { AtelierError } from '../core/index.ts'
import type { Scalar } from './node.ts'
import { syntaxErrorAt } from './override-error.ts'

/** Tokens of the value side of an override, as Hydra's grammar cuts them. */
export type TokenKind =
  | 'quoted'
  | 'interpolation'
  | 'bool'
  | 'null'
  | 'int'
  | 'float'
  | 'id'
  | 'char'
  | 'escape'
  | 'space'
  | '('
  | ')'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | ':'
  | '='

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly offset: number
}

const UNSIGNED = '(?:0|[1-9](?:_?[0-9])*)'
const DIGITS = '[0-9](?:_?[0-9])*'
const POINT = `(?:${UNSIGNED}?\\.${DIGITS}|${UNSIGNED}\\.)`

/** The longest match wins; of equally long ones the first. Brackets swallow the blanks around them. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['quoted', /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy],
  ['interpolation', /\$\{[^}]+\}/y],
  [
    'float',
    new RegExp(`[-+]?(?:(?:${POINT}|${UNSIGNED})[eE][-+]?${DIGITS}|${POINT}|inf|nan)`, 'iy'),
  ],
  ['int', new RegExp(`[-+]?${UNSIGNED}`, 'y')],
  ['bool', /true|false/iy],
  ['null', /null/iy],
  ['id', /[A-Za-z_][\w-]*/y],
  ['escape', /(?:\\[\\()[\]{}:=, \t])+/y],
  ['char', /[/\-\\+.$%*@?|]/y],
  ['(', /[ \t]*\([ \t]*/y],
  [')', /[ \t]*\)/y],
  ['[', /\[[ \t]*/y],
  [']', /[ \t]*\]/y],
  ['{', /\{[ \t]*/y],
  ['}', /[ \t]*\}/y],
  [',', /[ \t]*,[ \t]*/y],
  [':', /[ \t]*:[ \t]*/y],
  ['=', /[ \t]*=[ \t]*/y],
  ['space', /[ \t]+/y],
]

/** Cuts what stands in an override from `start` on into tokens. Throws CONFIG_SYNTAX. */
export function tokenize(override: string, start: number): Token[] {
  const tokens: Token[] = []
  for (let offset = start; offset < override.length; ) {
    const token = tokenAt(override, offset)
    if (token === undefined) throw unexpectedCharacter(override, offset)
    tokens.push(token)
    offset += token.text.length
  }
  return tokens
}

/** The token at a place of a text; undefined where none begins. */
export function tokenAt(value: string, offset: number): Token | undefined {
  let best: Token | undefined
  for (const [kind, pattern] of RULES) {
    pattern.lastIndex = offset
    const text = pattern.exec(value)?.[0]
    if (text !== undefined && text.length > (best?.text.length ?? 0)) best = { kind, text, offset }
  }
  return best
}

/** The typed value of a token that stands alone. */
export function scalarOf(token: Token): Scalar {
  const { kind, text } = token
  if (kind === 'int') return { type: 'int', value: Number(text.replaceAll('_', '')) || 0 }
  if (kind === 'float') return { type: 'float', value: floatOf(text.replaceAll('_', '')) }
  if (kind === 'bool') return { type: 'bool', value: text.toLowerCase() === 'true' }
  if (kind === 'null') return { type: 'null', value: null }
  return { type: 'string', value: text }
}

function floatOf(text: string): number {
  const word = text.toLowerCase().replace(/^[-+]/, '')
  if (word === 'nan') return Number.NaN
  if (word === 'inf') return text.startsWith('-') ? -Infinity : Infinity
  return Number(text)
}

function unexpectedCharacter(override: string, offset: number): AtelierError {
  const character = String.fromCodePoint(override.codePointAt(offset)!)
  const isQuote = character === "'" || character === '"'
  const what = isQuote
    ? `the quote ${character} is not closed`
    : `'${character}' cannot stand in an unquoted value`
  const hint = 'Put the value in quotes, and those in quotes of the shell: "key=\'value\'".'
  return syntaxErrorAt(override, offset, what, hint)
}
