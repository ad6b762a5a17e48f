import type { UiValue } from '../contracts/index.ts'
import type { RunEntry } from '../tracking/index.ts'

/** The configuration by dotted keys, in its own order. Lists are JSON text. */
export function flatConfig({ config }: RunEntry): Map<string, UiValue> {
  return new Map(flatten(config, ''))
}

function flatten(value: Readonly<Record<string, unknown>>, prefix: string): [string, UiValue][] {
  return Object.entries(value).flatMap(([name, entry]): [string, UiValue][] =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? flatten(entry as Readonly<Record<string, unknown>>, `${prefix}${name}.`)
      : [[prefix + name, scalarOf(entry)]],
  )
}

function scalarOf(value: unknown): UiValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  return JSON.stringify(value) ?? null
}
