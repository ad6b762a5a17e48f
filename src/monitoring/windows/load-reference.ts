import { AtelierError } from '../../core/index.ts'
import { csvFile } from '../log/csv-source.ts'
import { readReference } from '../reference/read-reference.ts'
import type { MonitoredRows } from './monitored-rows.ts'
import { readCsvRows } from './read-csv-rows.ts'

/** What a window is held against. */
export interface MonitoredReference {
  /** Its file, as a person would name it. */
  readonly source: string
  /** The run that made it; null for a CSV file. */
  readonly run: string | null
  readonly rows: MonitoredRows
  /** Share of held-out images that the model named right; null where it is not known. */
  readonly accuracy: number | null
}

/**
 * The reference in `path`: the reference.safetensors of a run, or a CSV file with the columns
 * avg_brightness and contrast. Throws REFERENCE_NOT_FOUND, LOG_INVALID or TENSOR_FILE.
 */
export async function loadReference(path: string, source = path): Promise<MonitoredReference> {
  if (path.endsWith('.csv')) {
    const { rows } = await readCsvRows(csvFile(path, source))
    if (rows.count === 0) throw missing(`${source} has no rows.`)
    return { source, run: null, rows, accuracy: null }
  }
  const reference = await readReference(path)
  if (reference === undefined) throw missing(`There is no reference ${source}.`)
  const { count, features, confidence, predicted, probabilities, labels, header } = reference
  const right = predicted.reduce((sum, place, row) => sum + (place === labels[row] ? 1 : 0), 0)
  return {
    source,
    run: header.run_id,
    rows: {
      ...{ count, features, predicted, probabilities, classes: header.classes },
      confidences: Float64Array.from(confidence),
    },
    accuracy: count === 0 ? null : right / count,
  }
}

function missing(problem: string): AtelierError {
  return new AtelierError('REFERENCE_NOT_FOUND', problem, {
    hint: 'Name the run that made the model, or a CSV file with columns avg_brightness and contrast: `--reference RUN|FILE`.',
  })
}
