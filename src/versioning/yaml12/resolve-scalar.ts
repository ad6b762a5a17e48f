import type { ConfigNode } from '../../config/index.ts'

type Scalar = Pick<Extract<ConfigNode, { kind: 'scalar' }>, 'type' | 'value'>

/**
 * Plain scalars as the YAML 1.2 library of DVC reads them: `yes` and `on` are texts, `1e-3` is a
 * float, `010` is 10 and `0o10` is 8.
 */
const BOOL = /^(?:true|True|TRUE|false|False|FALSE)$/
const NULL = /^(?:~|null|Null|NULL|)$/
const INT = /^(?:[-+]?0b[01_]+|[-+]?0o[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9_]+)$/
const FLOAT = new RegExp(
  [
    '[-+]?[0-9][0-9_]*\\.[0-9_]*(?:[eE][-+]?[0-9]+)?',
    '[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+',
    '[-+]?\\.[0-9_]+(?:[eE][-+][0-9]+)?',
    '[-+]?\\.(?:inf|Inf|INF)',
    '\\.(?:nan|NaN|NAN)',
  ]
    .map((form) => `^${form}$`)
    .join('|'),
)
const TIMESTAMP =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/

/** The typed value of an unquoted scalar. Dates stay texts: nothing here computes with them. */
export function resolveYaml12Scalar(text: string): Scalar {
  if (BOOL.test(text)) return { type: 'bool', value: /^t/i.test(text) }
  if (NULL.test(text)) return { type: 'null', value: null }
  // an underscore alone, or first, makes no number
  if (/^[-+.]?[0-9]/.test(text) || /^[-+]?\./.test(text)) {
    if (INT.test(text)) return { type: 'int', value: integerOf(text) }
    if (FLOAT.test(text)) return { type: 'float', value: floatOf(text) }
  }
  return { type: 'string', value: text }
}

/** Whether a text that is written without quotes is read as this text again. */
export function readsAsText(text: string): boolean {
  if (text === '=' || text === '<<') return false
  if (/^[-+][0-9_]*$/.test(text) && text.length > 1) return false
  return resolveYaml12Scalar(text).type === 'string' && !TIMESTAMP.test(text)
}

function integerOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  return sign * Number(digits) || 0
}

function floatOf(text: string): number {
  const plain = text.replaceAll('_', '').toLowerCase()
  if (plain.endsWith('.inf')) return plain.startsWith('-') ? -Infinity : Infinity
  return plain === '.nan' ? Number.NaN : Number(plain)
}
