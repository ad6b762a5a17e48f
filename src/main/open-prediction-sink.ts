import { resolve } from 'node:path'
import type { MonitoringConfig } from '../contracts/index.ts'
import { AtelierError, type Clock, type Logger } from '../core/index.ts'
import type { PredictionSink } from '../monitoring/index.ts'
import { parseLogPlace } from '../monitoring/log/log-place.ts'
import { describePostgres } from '../storage/describe-postgres.ts'
import type { LogStorePlace, LogThreadPlace } from './log-thread.ts'
import { threadFile } from './thread-file.ts'

export interface SinkPlace {
  readonly config: MonitoringConfig
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Path of the database of the runs; `DATABASE_URL` goes before it. */
  readonly database: string
  readonly clock: Clock
  readonly logger: Logger
}

const MB = 2 ** 20
const DAY_MS = 86_400_000

/** A sink that may have more to open, once the service answers. */
export interface OpenedSink {
  readonly sink: PredictionSink
  prepare(): Promise<void>
}

/** Where the service logs predictions; undefined: nowhere. Throws LOG_INVALID, and STORE_UNAVAILABLE for a URL of no database. */
export async function openPredictionSink(place: SinkPlace): Promise<OpenedSink | undefined> {
  const { config, env, cwd, clock, logger } = place
  const log = env['LOG_URI'] || config.log
  if (log === null) return undefined
  const parsed = parseLogPlace(log)
  if (parsed?.kind === 'database') return databaseSink(place)
  if (parsed?.kind === 'objects') return objectSink(place, parsed.url)
  if (parsed?.kind !== 'csv') {
    throw new AtelierError('LOG_INVALID', `Predictions cannot be logged to ${log}.`, {
      hint: 'Give "database", gs://bucket/folder, s3://bucket/folder or the path of a .csv file, as LOG_URI or monitoring.log.',
    })
  }
  const { openCsvSink } = await import('../monitoring/log/csv-sink.ts')
  const sink = await openCsvSink({
    path: resolve(cwd, parsed.path),
    rotateBytes: config.csv_mb * MB,
    keep: config.csv_files,
    clock,
    logger,
  })
  return { sink, prepare: async () => {} }
}

async function databaseSink(place: SinkPlace): Promise<OpenedSink> {
  const { config, env, database: path } = place
  const url = env['DATABASE_URL']
  const description = url ? describePostgres(url) : `sqlite ${resolve(path)}`
  const names = { description, target: 'database' }
  return journaledSink(place, config.flush_seconds, { kind: 'database', url, path, ...names })
}

async function objectSink(place: SinkPlace, url: string): Promise<OpenedSink> {
  const { config, env, cwd } = place
  const names = { description: url, target: url }
  return journaledSink(place, config.segment_seconds, { kind: 'objects', url, cwd, env, ...names })
}

async function journaledSink(
  { config, cwd, clock, logger }: SinkPlace,
  flushSeconds: number,
  store: LogStorePlace,
): Promise<OpenedSink> {
  const { openJournaledSink } = await import('../monitoring/log/journaled-sink.ts')
  const { ThreadCourier } = await import('../monitoring/log/thread-courier.ts')
  const journals = resolve(cwd, config.journals)
  const { description, target } = store
  const place: LogThreadPlace = { journals, store }
  const sink = await openJournaledSink({
    courier: new ThreadCourier(threadFile('log-thread'), place, { description, target }),
    journals,
    maxBytes: config.journal_mb * MB,
    flushMs: flushSeconds * 1000,
    retentionMs: config.retention_days === null ? null : config.retention_days * DAY_MS,
    clock,
    logger,
  })
  return { sink, prepare: () => sink.bring() }
}
