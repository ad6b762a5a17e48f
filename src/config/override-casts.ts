import { pythonFloat } from '../core/index.ts'
import type { Scalar } from './node.ts'
import type { NumberScalar, OverrideElement, OverrideValue } from './override-value.ts'
import { stringElement } from './override-value.ts'
import { pythonText } from './python-text.ts'

export type CastTarget = 'int' | 'float' | 'str' | 'bool' | 'json_str'

/** Casts every value inside lists, maps and sweeps. Throws RangeError for what does not convert. */
export function castValue(target: CastTarget, value: OverrideValue): OverrideValue {
  switch (value.kind) {
    case 'choice':
      return {
        kind: 'choice',
        items: value.items.map((item) => castElement(target, item)),
        simple: value.simple,
        shuffle: false,
      }
    case 'range': {
      const { start, stop, step } = value
      if (target !== 'int' && target !== 'float') throw new RangeError('cannot cast a range')
      const numbers = [start, stop, step].map((bound) => castNumber(target, bound))
      return {
        kind: 'range',
        start: numbers[0]!,
        stop: numbers[1]!,
        step: numbers[2]!,
        shuffle: false,
      }
    }
    case 'interval': {
      if (target !== 'int' && target !== 'float') throw new RangeError('cannot cast an interval')
      const [start, end] = [castNumber(target, value.start), castNumber(target, value.end)]
      return { kind: 'interval', start, end }
    }
    case 'glob':
    case 'extend':
      throw new TypeError(`cannot cast a ${value.kind}`)
    default:
      return castElement(target, value)
  }
}

function castElement(target: CastTarget, element: OverrideElement): OverrideElement {
  if (target === 'json_str') return stringElement(jsonText(element))
  if (element.kind === 'list') {
    return { kind: 'list', items: element.items.map((item) => castElement(target, item)) }
  }
  if (element.kind === 'map') {
    const entries = element.entries.map(([key, item]) => [key, castElement(target, item)] as const)
    return { kind: 'map', entries }
  }
  return { kind: 'scalar', scalar: castScalar(target, element.scalar) }
}

function castNumber(target: 'int' | 'float', bound: NumberScalar): NumberScalar {
  return castScalar(target, bound) as NumberScalar
}

function castScalar(target: 'int' | 'float' | 'str' | 'bool', scalar: Scalar): Scalar {
  const { type, value } = scalar
  if (target === 'bool') return { type: 'bool', value: toBool(scalar) }
  if (type === 'null') throw new RangeError(`cannot make null a ${target}`)
  if (target === 'str') {
    return { type: 'string', value: type === 'bool' ? String(value) : pythonText(scalar) }
  }
  if (target === 'int') return { type: 'int', value: toInt(scalar) }
  return { type: 'float', value: toFloat(scalar) }
}

function toBool({ type, value }: Scalar): boolean {
  if (type !== 'string') return Number.isNaN(value) || Boolean(value)
  const word = String(value).toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw new RangeError(`'${value}' is neither true nor false`)
}

const INTEGER = /^\s*[-+]?\d+(?:_\d+)*\s*$/
const DIGITS = String.raw`\d+(?:_\d+)*`
const FLOAT = new RegExp(
  String.raw`^\s*[-+]?(?:(?:${DIGITS}\.?(?:${DIGITS})?|\.${DIGITS})(?:e[-+]?${DIGITS})?|inf(?:inity)?|nan)\s*$`,
  'i',
)

function toInt({ type, value }: Scalar): number {
  if (type === 'string') {
    if (INTEGER.test(String(value))) return Number(String(value).replaceAll('_', '')) || 0
    throw new RangeError(`'${value}' is no whole number`)
  }
  const number = Math.trunc(Number(value))
  if (!Number.isFinite(number)) throw new RangeError(`${pythonFloat(number)} is no whole number`)
  return number || 0
}

function toFloat({ type, value }: Scalar): number {
  if (type !== 'string') return Number(value)
  const text = String(value)
  if (!FLOAT.test(text)) throw new RangeError(`'${value}' is no number`)
  const word = text.trim().toLowerCase().replaceAll('_', '')
  if (word.includes('nan')) return Number.NaN
  if (word.includes('inf')) return word.startsWith('-') ? -Infinity : Infinity
  return Number(word)
}

/** JSON as Python writes it, blanks after commas and colons. */
function jsonText(element: OverrideElement): string {
  if (element.kind === 'list') return `[${element.items.map(jsonText).join(', ')}]`
  if (element.kind === 'map') {
    const entries = element.entries.map(
      ([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`,
    )
    return `{${entries.join(', ')}}`
  }
  const { type, value } = element.scalar
  return type === 'float' ? pythonFloat(value as number) : JSON.stringify(value)
}
