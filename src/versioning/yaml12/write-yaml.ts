import { pythonFloat } from '../../core/index.ts'
import { readsAsText } from './resolve-scalar.ts'
import { isFloat, isList, isMap, type Value } from './value.ts'
import { lengthOf, type Place, plainText, quotedText, singleQuotedText } from './write-string.ts'

/**
 * A value as the YAML that DVC itself writes, byte for byte: block style, lists not indented under
 * their key, long texts folded at 80 columns.
 */
export function writeYaml12(value: Value): string {
  const lines: string[] = []
  if (isMap(value) && value.size > 0) writeMap(value, 0, '', lines)
  else if (isList(value) && value.length > 0) writeList(value, 0, '', lines)
  else lines.push(writeScalar(value, { column: 0, indent: 2 }))
  return `${lines.join('\n')}\n`
}

/** `head` stands before the first entry: the dashes of the lists that begin on the same line. */
function writeMap(map: ReadonlyMap<string, Value>, indent: number, head: string, lines: string[]) {
  for (const [i, [key, value]] of [...map].entries()) {
    const start = i === 0 && head !== '' ? head : ' '.repeat(indent)
    const name = `${start}${keyText(key)}:`
    if (isMap(value) && value.size > 0) {
      lines.push(name)
      writeMap(value, indent + 2, '', lines)
    } else if (isList(value) && value.length > 0) {
      lines.push(name)
      writeList(value, indent, '', lines)
    } else {
      const text = writeScalar(value, { column: lengthOf(name) + 1, indent: indent + 2 })
      lines.push(text === '' ? name : `${name} ${text}`)
    }
  }
}

function writeList(list: readonly Value[], indent: number, head: string, lines: string[]) {
  for (const [i, item] of list.entries()) {
    const start = i === 0 && head !== '' ? head : ' '.repeat(indent)
    if (isMap(item) && item.size > 0) writeMap(item, indent + 2, `${start}- `, lines)
    else if (isList(item) && item.length > 0) writeList(item, indent + 2, `${start}- `, lines)
    else {
      const text = writeScalar(item, { column: start.length + 2, indent: indent + 2 })
      lines.push(`${start}- ${text}`)
    }
  }
}

/** A value that stands on the line of its key, or of its dash. */
export function writeScalar(value: Value, place: Place): string {
  if (isMap(value)) return '{}'
  if (isList(value)) return '[]'
  if (value === null) return ''
  if (isFloat(value)) return floatText(value.float)
  return typeof value === 'string' ? stringText(value, place) : String(value)
}

function floatText(value: number): string {
  const text = pythonFloat(value)
  return Number.isFinite(value) ? text : text.replace(/(inf|nan)$/, '.$1')
}

const keyText = (key: string) =>
  stringText(key, { column: Number.NEGATIVE_INFINITY, indent: Number.NEGATIVE_INFINITY })

/** The plainest form that reads back as this text. */
function stringText(text: string, place: Place): string {
  const form = allowedForm(text)
  if (form === 'plain' && readsAsText(text)) return plainText(text, place)
  if (form === 'double' || text.includes("'") || text.includes('\n')) return quotedText(text, place)
  return singleQuotedText(text, place)
}

const INDICATOR = /^[#,[\]{}&*!|>'"%@`]/

function allowedForm(text: string): 'plain' | 'single' | 'double' {
  if (text === '') return 'single'
  if (/[^\n\u0020-\u007e\u0085\u00a0-\ufefe\uff00-\ufffd]/.test(withoutPairs(text))) return 'double'
  if (/ [\n\u0085\u2028\u2029]|[\n\u0085\u2028\u2029] /.test(text)) return 'double'
  if (/[\n\u0085\u2028\u2029]/.test(text)) return 'single'
  const isPlain =
    !INDICATOR.test(text) &&
    !/^(?:---|\.\.\.)/.test(text) &&
    !/^[?:-](?:\s|$)/.test(text) &&
    !/:(?:\s|$)|\s#/.test(text) &&
    !/^ | $/.test(text)
  return isPlain ? 'plain' : 'single'
}

/** Characters above U+FFFF may stand as they are; a surrogate alone may not. */
const withoutPairs = (text: string) => text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')
