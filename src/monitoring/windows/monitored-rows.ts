import type { Table } from '../evidently/table.ts'
import type { DriftRows } from '../verdict/drift-rows.ts'

/** Predictions as columns, of a reference or of a window. */
export interface MonitoredRows extends DriftRows {
  /** [count] */
  readonly confidences?: Float64Array
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

/**
 * The rows with their classes in the order of `order`; those that it does not have follow. Rows with
 * probabilities stay as they are: these have the order of the model.
 */
export function withClassOrder(rows: MonitoredRows, order: readonly string[]): MonitoredRows {
  const { predicted, probabilities, classes } = rows
  if (predicted === undefined || classes === undefined || probabilities !== undefined) return rows
  const all = [...new Set([...order, ...classes])]
  const places = classes.map((name) => all.indexOf(name))
  return { ...rows, predicted: Uint32Array.from(predicted, (at) => places[at]!), classes: all }
}
