import type { Table } from '../evidently/table.ts'

/** Predictions as columns, of a reference or of a window. */
export interface MonitoredRows {
  readonly count: number
  /** [count] each; NaN where a row has none. */
  readonly features: Readonly<Record<string, Float64Array>>
  /** [count] */
  readonly confidences?: Float64Array
  /** [count]: indices into `classes`. */
  readonly predicted?: ArrayLike<number>
  /** [count, classes], row-major. */
  readonly probabilities?: ArrayLike<number>
  readonly classes?: readonly string[]
}

/** Both sides as tables of the columns that both have, under the names of the log. */
export function comparedTables(
  reference: MonitoredRows,
  window: MonitoredRows,
): { readonly reference: Table; readonly current: Table } {
  const [before, after] = [tableOf(reference), tableOf(window)]
  const shared = Object.keys(before).filter((name) => Object.hasOwn(after, name))
  const only = (table: Table): Table =>
    Object.fromEntries(shared.map((name) => [name, table[name]!]))
  return { reference: only(before), current: only(after) }
}

function tableOf({ features, confidences, predicted, classes }: MonitoredRows): Table {
  return {
    ...features,
    ...(confidences && { confidence: confidences }),
    ...(predicted &&
      classes && { predicted_class: Array.from(predicted, (place) => classes[place] ?? null) }),
  }
}
