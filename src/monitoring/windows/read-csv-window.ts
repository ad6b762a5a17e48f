import type { CsvSource } from '../log/csv-source.ts'
import type { PredictionQuery } from '../log/prediction-store.ts'
import type { MonitoredRows } from './monitored-rows.ts'
import { emptyWindow, type PredictionWindow } from './prediction-window.ts'
import { readCsvRows } from './read-csv-rows.ts'

/**
 * A window of a CSV log, such as the Python original's. `last` counts lines from the end. Throws
 * LOG_INVALID or WINDOW_EMPTY.
 */
export async function readCsvWindow(
  csv: CsvSource,
  { from, to, last }: Pick<PredictionQuery, 'from' | 'to' | 'last'>,
): Promise<PredictionWindow> {
  const { rows, times } = await readCsvRows(csv)
  const isTimed = from !== undefined || to !== undefined
  const inside = (time: number) => time >= (from ?? 0) && time < (to ?? Number.POSITIVE_INFINITY)
  let places = Uint32Array.from({ length: rows.count }, (_, row) => row)
  if (isTimed) places = places.filter((row) => inside(times[row]!))
  if (last !== undefined) places = places.slice(-last)
  if (places.length === 0) throw emptyWindow(csv.name, rows.count === 0 ? 'yet' : 'of that time')
  const isWhole = places.length === rows.count
  return {
    source: csv.name,
    model: null,
    rows: isWhole ? rows : pickRows(rows, places),
    times: isWhole ? times : Float64Array.from(places, (row) => times[row]!),
    latencies: new Float64Array(0),
    ...{ labelled: 0, right: 0, lost: 0 },
  }
}

function pickRows(rows: MonitoredRows, places: Uint32Array): MonitoredRows {
  const pick = (column: ArrayLike<number>) => Float64Array.from(places, (row) => column[row]!)
  const { features, confidences, predicted, classes } = rows
  return {
    count: places.length,
    features: Object.fromEntries(
      Object.entries(features).map(([name, column]) => [name, pick(column)]),
    ),
    ...(confidences && { confidences: pick(confidences) }),
    ...(predicted && classes && { predicted: pick(predicted), classes }),
  }
}
