import type { ParameterValue } from './distribution.ts'

/** A value as Python's `str()` writes it: what a program gets from a sweep's agent. */
export function pythonStr(value: ParameterValue): string {
  return typeof value === 'string' ? value : repr(value)
}

function repr(value: ParameterValue): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number') return pythonNumber(value)
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  const entries = Object.entries(value as Readonly<Record<string, ParameterValue>>)
  return `{${entries.map(([key, item]) => `${quoted(key)}: ${repr(item)}`).join(', ')}}`
}

/** Exponents begin below 1e-4 and have two digits. Whole numbers are integers. */
function pythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Number.isInteger(value)) return BigInt(value).toString()
  if (Math.abs(value) >= 1e-4) return String(value)
  const [digits, exponent] = value.toExponential().split('e-')
  return `${digits}e-${exponent!.padStart(2, '0')}`
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
}

/** A value as Python's `json.dumps` writes it: with spaces after commas and colons. */
export function pythonJson(value: ParameterValue): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value === 'number') return pythonNumber(value)
  if (value === null || typeof value !== 'object') return ascii(JSON.stringify(value))
  const entries = Object.entries(value as Readonly<Record<string, ParameterValue>>)
  const items = entries.map(([key, item]) => `${ascii(JSON.stringify(key))}: ${pythonJson(item)}`)
  return `{${items.join(', ')}}`
}

const ascii = (text: string) =>
  text.replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
