import { pythonFloat } from '../../core/index.ts'
import { compareCodePoints } from '../files/compare-code-points.ts'
import { asciiJson } from '../objects/dir-listing.ts'

/** A floating-point number. It stands apart from whole ones, which Python prints without a point. */
export interface Float {
  readonly float: number
}

export type ValueMap = ReadonlyMap<string, Value>

/** A value of YAML or JSON as Python has it: a plain number is whole, and the order of keys is kept. */
export type Value = null | boolean | number | string | Float | readonly Value[] | ValueMap

export const isMap = (value: unknown): value is ValueMap => value instanceof Map
export const isList = (value: unknown): value is readonly Value[] => Array.isArray(value)
export const isFloat = (value: Value | undefined): value is Float =>
  typeof value === 'object' && value !== null && 'float' in value

/** The value at a dotted path, where a number counts the items of a list; undefined where there is none. */
export function valueAt(content: ValueMap, path: string): Value | undefined {
  let value: Value | undefined = content
  for (const key of path.split('.').map((part) => part.trim())) {
    if (isMap(value)) value = value.get(key)
    else if (isList(value) && /^-?\d+$/.test(key)) value = value.at(Number(key))
    else return undefined
  }
  return value
}

/** Whether Python's `==` says so: `1` is `1.0`, and the order of keys does not count. */
export function equalValues(a: Value | undefined, b: Value | undefined): boolean {
  if (isMap(a)) {
    if (!isMap(b) || a.size !== b.size) return false
    return [...a].every(([key, value]) => b.has(key) && equalValues(value, b.get(key)))
  }
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, i) => equalValues(item, b[i]))
  }
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) === numberOf(b)
  return a === b
}

type Numeric = boolean | number | Float

const isNumeric = (value: Value | undefined): value is Numeric =>
  typeof value === 'number' || typeof value === 'boolean' || isFloat(value)

const numberOf = (value: Numeric) => (typeof value === 'object' ? value.float : Number(value))

/** Python's `json.dumps(value, sort_keys=True)`, byte for byte: hashes of the run cache are over it. */
export function pythonJson(value: Value): string {
  if (isMap(value)) {
    const keys = sortByCodePoint([...value.keys()])
    return `{${keys.map((key) => `${asciiJson(key)}: ${pythonJson(value.get(key)!)}`).join(', ')}}`
  }
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (isFloat(value)) return jsonFloat(value.float)
  return typeof value === 'string' ? asciiJson(value) : String(value)
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  return pythonFloat(value)
}

/** Python's order of texts, which differs from JavaScript's above U+FFFF. */
export function sortByCodePoint(texts: readonly string[]): string[] {
  return [...texts].sort(compareCodePoints)
}

/** How a value is called in messages. */
export function describeValue(value: Value): string {
  if (isMap(value)) return 'a map'
  if (isList(value)) return 'a list'
  return typeof value === 'string' ? `'${value}'` : pythonJson(value)
}
