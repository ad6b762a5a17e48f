import { z } from 'zod'
import { projectConfigSchema } from '../contracts/index.ts'
import { AtelierError, nearestName } from '../core/index.ts'

export interface ConfigKey {
  /** Dotted. */
  readonly key: string
  /** In words: `integer ≥ 1`, `number from 0 to 1 or null`, `"sgd" | "adam"`. */
  readonly type: string
  readonly description: string
}

/** The JSON Schema that zod derives, as far as it is read here. */
interface JsonSchema {
  readonly type?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly items?: JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
}

/** Every key of the configuration with its type and meaning, straight from the schema. */
export function configKeys(): readonly ConfigKey[] {
  const schema = z.toJSONSchema(projectConfigSchema, { io: 'input' }) as JsonSchema
  const keys = collect(schema, '')
  const merged = new Map<string, ConfigKey>()
  for (const entry of keys) {
    const before = merged.get(entry.key)
    merged.set(entry.key, before === undefined ? entry : mergeKeys(before, entry))
  }
  return [...merged.values()]
}

/** The key, or those below it. Throws CONFIG_UNKNOWN_KEY, naming the nearest. */
export function keysBelow(prefix: string): readonly ConfigKey[] {
  const keys = configKeys()
  const found = keys.filter(({ key }) => key === prefix || key.startsWith(`${prefix}.`))
  if (found.length > 0) return found
  const nearest = nearestName(prefix, [
    ...keys.map(({ key }) => key),
    ...keys.map(({ key }) => key.split('.')[0]!),
  ])
  throw new AtelierError('CONFIG_UNKNOWN_KEY', `There is no key '${prefix}'.`, {
    hint: nearest ? `Did you mean '${nearest}'?` : '`atelier config --keys` lists every key.',
    data: { key: prefix, nearest },
  })
}

function collect(schema: JsonSchema, prefix: string): ConfigKey[] {
  const variants = schema.oneOf ?? schema.anyOf
  if (variants?.some(({ properties }) => properties !== undefined)) {
    const { description = '' } = schema
    return variants.flatMap((variant) => collect({ description, ...variant }, prefix))
  }
  if (schema.properties === undefined) {
    return [{ key: prefix, type: typeText(schema), description: schema.description ?? '' }]
  }
  return Object.entries(schema.properties).flatMap(([key, child]) =>
    collect(child, prefix === '' ? key : `${prefix}.${key}`),
  )
}

/** A key of several data sources is listed once. */
function mergeKeys(a: ConfigKey, b: ConfigKey): ConfigKey {
  const types = new Set([...a.type.split(' | '), ...b.type.split(' | ')])
  const descriptions = new Set([a.description, b.description])
  return { key: a.key, type: [...types].join(' | '), description: [...descriptions].join(' / ') }
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const variants = schema.oneOf ?? schema.anyOf
  if (variants !== undefined) return variants.map(typeText).join(' | ')
  if (schema.prefixItems !== undefined) return `[${schema.prefixItems.map(typeText).join(', ')}]`
  if (schema.type === 'array') return `list of ${schema.items ? typeText(schema.items) : 'values'}`
  return `${schema.type ?? 'value'}${rangeText(schema)}`
}

/** ` from 0 to 1`, ` ≥ 1`, ` > 0`; bounds that only say "a safe integer" are left out. */
function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const from = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum
  const to = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`
  const lower = bound('≥', from) ?? bound('>', exclusiveMinimum)
  const upper = bound('≤', to) ?? bound('<', exclusiveMaximum)
  const parts = [lower, upper].filter((part) => part !== undefined)
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`
}

function bound(sign: string, value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${sign} ${value}`
}
