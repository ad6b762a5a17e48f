import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { PredictionRecord } from '../../contracts/index.ts'
import { AtelierError, type Clock, type Logger, toAtelierError } from '../../core/index.ts'
import type { PredictionSink } from './prediction-sink.ts'

export interface CsvSinkOptions {
  readonly path: string
  /** A file of this size is set aside, with the time in its name, and a new one begun. */
  readonly rotateBytes: number
  /** Files set aside that are kept. */
  readonly keep: number
  readonly clock: Clock
  readonly logger: Logger
}

/** The columns of the Python original, in its order. */
export const CSV_COLUMNS = [
  'timestamp',
  'avg_brightness',
  'contrast',
  'predicted_class',
  'confidence',
] as const

/** What else is known of a prediction, behind those and further features; probabilities come last. */
export const DETAIL_COLUMNS = ['width', 'height', 'format', 'latency_ms', 'prediction_id'] as const

export const probabilityColumn = (name: string) => `probability ${name}`

/** Logs to one CSV file. It has no place for ids, so labels cannot be joined. */
export function openCsvSink(options: CsvSinkOptions): PredictionSink {
  const { path, logger } = options
  let recorded = 0
  let dropped = 0
  let troubled = false
  mkdirSync(dirname(path), { recursive: true })
  return {
    description: path,
    record: (records) => {
      try {
        rotate(options)
        const header = existsSync(path) ? '' : `${CSV_COLUMNS.join(',')}\n`
        appendFileSync(path, header + records.map(lineOf).join(''))
        recorded += records.length
        troubled = false
      } catch (error) {
        dropped += records.length
        if (!troubled) logger.warn(`predictions are not logged: ${toAtelierError(error).message}`)
        troubled = true
      }
    },
    answered: () => {},
    feedback: async () => {
      throw new AtelierError(
        'FEEDBACK_UNAVAILABLE',
        `Labels cannot be kept: predictions are logged to ${basename(path)}, which has no ids.`,
        { hint: 'Start the service with monitoring.log=database.' },
      )
    },
    counts: () => ({ recorded, dropped, pending: 0 }),
    close: async () => {},
  }
}

function lineOf({ time, features, predicted_class, confidence }: PredictionRecord): string {
  const { avg_brightness = Number.NaN, contrast = Number.NaN } = features
  const name = csvText(predicted_class)
  return `${new Date(time).toISOString()},${avg_brightness},${contrast},${name},${confidence}\n`
}

/** As it is: what is read again must be what was written, whatever a spreadsheet makes of it. */
export function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function rotate({ path, rotateBytes, keep, clock }: CsvSinkOptions): void {
  const size = existsSync(path) ? statSync(path).size : 0
  if (size < rotateBytes) return
  const folder = dirname(path)
  const stem = basename(path, '.csv')
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-')
  renameSync(path, join(folder, `${stem}.${stamp}.csv`))
  const old = readdirSync(folder).filter((name) =>
    /^\.\d{4}-.*\.csv$/.test(name.slice(stem.length)),
  )
  const aside = old.filter((name) => name.startsWith(stem)).sort()
  for (const name of aside.slice(0, Math.max(0, aside.length - keep))) rmSync(join(folder, name))
}
