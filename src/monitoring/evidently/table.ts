import type { Category } from '../statistics/sample.ts'

/**
 * A column: fractions (Float64Array) or whole numbers (Int32Array), of which NaN is missing; or
 * texts and booleans, of which null is missing.
 */
export type TableColumn = Float64Array | Int32Array | readonly (string | boolean | null)[]

/** Columns of equal length by name. */
export type Table = Readonly<Record<string, TableColumn>>

export type Side = 'reference' | 'current'

export function isNumeric(column: TableColumn): column is Float64Array | Int32Array {
  return column instanceof Float64Array || column instanceof Int32Array
}

/** The rows that say something: no NaN, no infinity, no null. */
export function presentNumbers(column: Float64Array | Int32Array): Float64Array {
  return column instanceof Int32Array
    ? Float64Array.from(column)
    : column.filter((value) => Number.isFinite(value))
}

export function presentCategories(column: TableColumn): readonly Category[] {
  if (isNumeric(column)) return [...presentNumbers(column)]
  return column.filter((value) => value !== null)
}

export function distinctIn(...columns: readonly (TableColumn | undefined)[]): number {
  const distinct = new Set<Category>()
  for (const column of columns) {
    if (column === undefined) continue
    if (isNumeric(column)) for (const value of column) distinct.add(value)
    else for (const value of column) if (value !== null) distinct.add(value)
  }
  distinct.delete(NaN)
  return distinct.size
}
