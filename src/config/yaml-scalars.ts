import type { Scalar } from './node.ts'

/**
 * Plain YAML scalars as OmegaConf reads them: PyYAML's YAML 1.1, with one change: `1e-3` and `1e3`
 * are floats, and dates stay strings. So `yes` is true, `010` is 8 and `1:30` is 90.
 */
const BOOL = /^(?:yes|no|true|false|on|off|Yes|No|True|False|On|Off|YES|NO|TRUE|FALSE|ON|OFF)$/
const NULL = /^(?:~|null|Null|NULL|)$/
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const FLOAT_FORMS = [
  /^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+$/,
  // no sign before the point, and the exponent needs one: `-.5` and `.5e3` are strings
  /^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/,
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
]

/** The typed value of an unquoted scalar. */
export function resolvePlainScalar(text: string): Scalar {
  if (BOOL.test(text)) return { type: 'bool', value: /^(?:y|t|on)/i.test(text) }
  if (NULL.test(text)) return { type: 'null', value: null }
  if (INT.test(text)) return { type: 'int', value: parseInteger(text) || 0 }
  if (FLOAT_FORMS.some((form) => form.test(text)))
    return { type: 'float', value: parseFloating(text) }
  return { type: 'string', value: text }
}

/**
 * The same by PyYAML alone, as tools without OmegaConf read files: a float with an exponent needs a
 * point and a sign. `1e-4` and `1.0e4` are strings, `1.0e-4` is not.
 */
export function resolvePyYamlScalar(text: string): Scalar {
  const scalar = resolvePlainScalar(text)
  const isText = scalar.type === 'float' && /e/i.test(text) && !PYYAML_EXPONENT.test(text)
  return isText ? { type: 'string', value: text } : scalar
}

const PYYAML_EXPONENT = /\.[0-9_]*[eE][-+][0-9]+$/

function parseInteger(text: string): number {
  const { sign, digits } = splitSign(text)
  if (digits === '0') return 0
  if (digits.startsWith('0b')) return sign * Number.parseInt(digits.slice(2), 2)
  if (digits.startsWith('0x')) return sign * Number.parseInt(digits.slice(2), 16)
  if (digits.startsWith('0')) return sign * Number.parseInt(digits, 8)
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits))
}

function parseFloating(text: string): number {
  const { sign, digits } = splitSign(text.toLowerCase())
  if (digits === '.inf') return sign * Number.POSITIVE_INFINITY
  if (digits === '.nan') return Number.NaN
  return sign * (digits.includes(':') ? sexagesimal(digits) : Number(digits))
}

function splitSign(text: string): { readonly sign: 1 | -1; readonly digits: string } {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  return { sign: text.startsWith('-') ? -1 : 1, digits }
}

/** `1:30` is 90: base 60, as YAML 1.1 writes durations. */
function sexagesimal(digits: string): number {
  return digits.split(':').reduce((total, part) => total * 60 + Number(part), 0)
}
