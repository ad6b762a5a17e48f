import type { UiRunRow, UiValue } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { type RunEntry, type RunStore, valuesOf } from '../tracking/index.ts'

/** A run as a line of a table, with those of the columns that it has. */
export function rowOf(entry: RunEntry, columns: readonly string[]): UiRunRow {
  const { id, status, created, tags } = entry.record
  const all = valuesOf(entry)
  const values: Record<string, UiValue> = {}
  for (const column of columns) {
    const value = all.get(column)
    if (value !== undefined) values[column] = value
  }
  return { id, status, created, tags, values }
}

/** Throws RUN_NOT_FOUND. */
export async function getRun(store: RunStore, id: string): Promise<RunEntry> {
  const entry = await store.get(id)
  if (entry !== undefined) return entry
  throw new AtelierError('RUN_NOT_FOUND', `There is no run "${id}" in the database.`, {
    hint: 'If its folder exists, `atelier runs reindex` finds it.',
  })
}
