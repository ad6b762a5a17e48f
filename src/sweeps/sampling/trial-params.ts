import type { ParameterValue } from '../definition/distribution.ts'
import type { TrialParams } from './trial.ts'

/** Values by path as a tree; names keep the order in which they are given. */
export function nestParams(
  values: Iterable<readonly [path: readonly string[], value: ParameterValue]>,
): TrialParams {
  const root: Record<string, ParameterValue> = {}
  for (const [path, value] of values) {
    let level = root
    for (const name of path.slice(0, -1)) {
      level[name] ??= {}
      level = level[name] as Record<string, ParameterValue>
    }
    level[path.at(-1)!] = value
  }
  return root
}

/** The value at a path; undefined where there is none. */
export function paramAt(params: TrialParams, path: readonly string[]): ParameterValue | undefined {
  let value: ParameterValue | undefined = params
  for (const name of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    value = (value as TrialParams)[name]
  }
  return value
}

/** The same text for equal values, whatever the order of keys. */
export function canonicalText(value: ParameterValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`)}}`
  }
  return JSON.stringify(value) ?? 'nothing'
}
