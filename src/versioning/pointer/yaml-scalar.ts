/** Scalars as ruamel.yaml, DVC's YAML library, writes them. */

const WIDTH = 80

/** A value of a mapping; `column`: where it begins; `indent`: of the lines that follow when it is long. */
export function formatScalar(
  value: string | number | boolean,
  column: number,
  indent: number,
): string {
  if (typeof value !== 'string') return String(value)
  if (hasSpecial(value)) return doubleQuoted(value)
  if (isPlain(value)) return foldPlain(value, column, indent)
  if (value.includes("'")) return doubleQuoted(value)
  return `'${foldQuoted(value.replaceAll("'", "''"), column + 1, indent)}'`
}

/** What YAML would take for something else than text. */
function isPlain(text: string): boolean {
  if (/^$|^[ \n]|[ \n]$/.test(text)) return false
  if (/^[-?:](?:\s|$)|^[,[\]{}#&*!|>'"%@`]/.test(text)) return false
  if (/:(?:\s|$)|\s#/.test(text)) return false
  if (/^(?:---|\.\.\.)/.test(text)) return false
  return !OTHER_TYPES.some((type) => type.test(text))
}

const OTHER_TYPES = [
  /^(?:true|True|TRUE|false|False|FALSE)$/,
  /^(?:~|null|Null|NULL)$/,
  /^[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)$/,
  /^[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?(?:[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)$/,
  /^[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?$/,
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
  /^\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)?$/,
  /^(?:=|<<)$/,
] as const

/** Line breaks and what cannot be printed. */
function hasSpecial(text: string): boolean {
  return /[^\t\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u2028\u2029\ufeff]|\t/u.test(
    text,
  )
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\0': '0', '\x07': 'a', '\b': 'b', '\t': 't', '\n': 'n', '\v': 'v', '\f': 'f', '\r': 'r' },
  ...{ '\x1b': 'e', '"': '"', '\\': '\\', '\x85': 'N', '\xa0': '_', '\u2028': 'L', '\u2029': 'P' },
}

function doubleQuoted(text: string): string {
  const letters = [...text].map((letter) => {
    if (!hasSpecial(letter) && !/["\\]/.test(letter)) return letter
    const short = ESCAPES[letter]
    if (short !== undefined) return `\\${short}`
    const code = letter.codePointAt(0)!
    if (code <= 0xff) return `\\x${hex(code, 2)}`
    return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
  })
  return `"${letters.join('')}"`
}

const hex = (code: number, digits: number) => code.toString(16).toUpperCase().padStart(digits, '0')

/** A word that does not fit gets a line of its own; the space before it stays, as it was written already. */
function foldPlain(text: string, column: number, indent: number): string {
  const line = `\n${' '.repeat(indent)}`
  let out = ''
  let at = column
  for (const piece of text.match(/ +|[^ ]+/g) ?? []) {
    const length = [...piece].length
    const isWord = piece[0] !== ' '
    if (isWord ? at + length > WIDTH && at > indent : length === 1 && at >= WIDTH) {
      out += isWord ? `${line}${piece}` : line
      at = isWord ? indent + length : indent
    } else {
      out += piece
      at += length
    }
  }
  return out
}

/** Breaks at single spaces beyond the width. */
function foldQuoted(text: string, column: number, indent: number): string {
  let out = ''
  let at = column
  for (const piece of text.match(/ +|[^ ]+/g) ?? []) {
    const breaks = piece === ' ' && at > WIDTH && out !== ''
    out += breaks ? `\n${' '.repeat(indent)}` : piece
    at = breaks ? indent : at + [...piece].length
  }
  return out
}
