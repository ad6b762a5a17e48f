import { type CsvTable, readCsv } from '../log/read-csv.ts'
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
  path: string,
): Promise<{ readonly rows: MonitoredRows; readonly times: Float64Array }> {
  const table = await readCsv(path, {
    numbers: [...REQUIRED, ...FURTHER, 'confidence'],
    texts: ['predicted_class', 'timestamp'],
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
  return { rows, times: timesOf(table) }
}

function timesOf({ count, texts }: CsvTable): Float64Array {
  const { timestamp } = texts
  if (timestamp === undefined) return new Float64Array(count).fill(Number.NaN)
  const known = Float64Array.from(timestamp.names, timeOf)
  return Float64Array.from(timestamp.codes, (code) => known[code]!)
}

/** Python writes times without a zone and means its own; what has no zone is read as UTC. */
function timeOf(text: string): number {
  const iso = text.trim().replace(' ', 'T')
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`)
}
