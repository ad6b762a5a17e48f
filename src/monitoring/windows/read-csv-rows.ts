import type { CsvSource } from '../log/csv-source.ts'
import { readCsv } from '../log/read-csv.ts'
import type { MonitoredRows } from './monitored-rows.ts'

/** Of the Python original: without them, there is nothing to compare. */
const REQUIRED = ['avg_brightness', 'contrast'] as const
/** Further features that references and exports of ours have. */
const FURTHER = ['min', 'max', 'sharpness', 'entropy', 'edge_density', 'foreground_share'] as const

/**
 * The rows of a CSV file with the columns avg_brightness and contrast; further features, confidence,
 * predicted_class and timestamp are read where they are. Times are milliseconds since 1970, NaN where
 * there is none. Throws LOG_INVALID.
 */
export async function readCsvRows(
  source: CsvSource,
): Promise<{ readonly rows: MonitoredRows; readonly times: Float64Array }> {
  const table = await readCsv(source, {
    numbers: [...REQUIRED, ...FURTHER, 'confidence'],
    texts: ['predicted_class'],
    times: ['timestamp'],
    optional: [...FURTHER, 'confidence', 'predicted_class', 'timestamp'],
  })
  const { confidence, ...features } = table.numbers
  const { predicted_class: classes } = table.texts
  const rows: MonitoredRows = {
    count: table.count,
    features,
    ...(confidence && { confidences: confidence }),
    ...(classes && { predicted: classes.codes, classes: classes.names }),
  }
  const times = table.times['timestamp'] ?? new Float64Array(table.count).fill(Number.NaN)
  return { rows, times }
}
