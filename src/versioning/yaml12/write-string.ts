/** Where a text begins, and how far its following lines are indented. Without limit: never folded. */
export interface Place {
  readonly column: number
  readonly indent: number
}

const WIDTH = 80

/** Characters as Python counts them. */
export const lengthOf = (text: string) => [...text].length

const pad = (indent: number) => `\n${' '.repeat(indent)}`

/**
 * Unquoted: a word that would cross the width begins a line. After several blanks it does not, as DVC
 * lets it: reading would leave one of them.
 */
export function plainText(text: string, { column: start, indent }: Place): string {
  let [out, column, gap] = ['', start, 1]
  for (const part of text.match(/ +|[^ ]+/g) ?? []) {
    const isGap = part.startsWith(' ')
    const length = lengthOf(part)
    const folds = isGap
      ? length === 1 && column >= WIDTH
      : gap === 1 && column + length > WIDTH && column > indent
    gap = isGap ? length : 1
    if (folds) {
      out += pad(indent)
      column = indent
    }
    if (isGap && folds) continue
    out += part
    column += length
  }
  return out
}

export function singleQuotedText(text: string, { column: start, indent }: Place): string {
  let [out, column, at] = ["'", start + 1, 0]
  for (const part of text.match(/ +|'|[^ ']+/g) ?? []) {
    const isInside = at > 0 && at + part.length < text.length
    at += part.length
    if (part === ' ' && column > WIDTH && isInside) {
      out += pad(indent)
      column = indent
      continue
    }
    const written = part === "'" ? "''" : part
    out += written
    column += lengthOf(written)
  }
  return `${out}'`
}

const NAMED: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
}

/**
 * In double quotes: what cannot stand as it is, is escaped. A line may be broken at a blank or after an
 * escape; where reading would add a blank, or lose one, a backslash says that the line goes on.
 */
export function quotedText(text: string, { column: start, indent }: Place): string {
  const chars = [...text]
  const state = { out: '"', column: start + 1 }
  const write = (part: string) => {
    state.out += part
    state.column += lengthOf(part)
  }
  let from = 0
  for (let at = 0; at <= chars.length; at++) {
    const char = chars[at]
    const escaped = char === undefined ? undefined : escapeOf(char)
    if (char === undefined || escaped !== undefined) {
      write(chars.slice(from, at).join(''))
      from = at
    }
    if (escaped !== undefined) {
      write(escaped)
      from = at + 1
    }
    const mayBreak = at > 0 && at < chars.length - 1 && (char === ' ' || from >= at)
    if (!mayBreak || state.column + (at - from) <= WIDTH) continue
    const goesOn = !isPlainBreak(chars, at, from)
    write(chars.slice(from, at).join('') + (goesOn ? '\\' : ''))
    from = Math.max(from, at)
    state.out += pad(indent)
    state.column = indent
    if (chars[from] === ' ' && goesOn) write('\\')
    else if (chars[from] === ' ') from++
  }
  return `${state.out}"`
}

/** Whether reading folds the break at the blank `at` into that one blank, so that no backslash is needed. */
function isPlainBreak(chars: readonly string[], at: number, from: number): boolean {
  const blank = chars.indexOf(' ', at)
  if (blank === -1 || from === at) return false
  const newline = chars.indexOf('\n', at)
  const end = newline !== -1 && newline < blank ? newline : blank
  const next = chars[end + 1]
  if (next === undefined || (chars[end] === '\n' && next !== ' ')) return false
  const between = chars.slice(at, end)
  const isQuoted = between.includes('"') || between.includes("'")
  return !isQuoted && next !== ' ' && next !== '\n' && !(chars[at - 1] === ' ' && chars[at] === ' ')
}

function escapeOf(char: string): string | undefined {
  const code = char.codePointAt(0)!
  const named = NAMED[char]
  if (named !== undefined) return `\\${named}`
  const stands =
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff) ||
    code >= 0x10000
  if (stands) return undefined
  const hex = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`
  return `\\u${hex.padStart(4, '0')}`
}
