import { resolve } from 'node:path'
import type { MonitoringConfig } from '../contracts/index.ts'
import { AtelierError, type Clock, type Logger } from '../core/index.ts'
import type { PredictionSink } from '../monitoring/index.ts'
import { describePostgres } from '../storage/describe-postgres.ts'
import { deferredStore } from './deferred-store.ts'

export interface SinkPlace {
  readonly config: MonitoringConfig
  /** `LOG_URI`: goes before the configuration. */
  readonly uri: string | undefined
  readonly cwd: string
  readonly database: { readonly url?: string | undefined; readonly path: string }
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
  const { config, cwd, clock, logger } = place
  const log = place.uri || config.log
  if (log === null) return undefined
  if (log === 'database') return databaseSink(place)
  const path = log.replace(/^file:\/\//, '')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || !path.endsWith('.csv')) {
    throw new AtelierError('LOG_INVALID', `Predictions cannot be logged to ${log}.`, {
      hint: 'Give "database" or the path of a .csv file, as LOG_URI or monitoring.log.',
    })
  }
  const { openCsvSink } = await import('../monitoring/log/csv-sink.ts')
  const sink = await openCsvSink({
    path: resolve(cwd, path),
    rotateBytes: config.csv_mb * MB,
    keep: config.csv_files,
    clock,
    logger,
  })
  return { sink, prepare: async () => {} }
}

async function databaseSink(place: SinkPlace): Promise<OpenedSink> {
  const { config, cwd, database, clock, logger } = place
  const { url, path } = database
  const { openDatabaseSink } = await import('../monitoring/log/database-sink.ts')
  const description = url ? describePostgres(url) : `sqlite ${resolve(path)}`
  const store = deferredStore(description, async () => {
    const { openPredictionStore } = await import('../monitoring/log/open-prediction-store.ts')
    return openPredictionStore(database)
  })
  const sink = await openDatabaseSink({
    store,
    journals: resolve(cwd, config.journals),
    maxBytes: config.journal_mb * MB,
    flushMs: config.flush_seconds * 1000,
    retentionMs: config.retention_days === null ? null : config.retention_days * DAY_MS,
    clock,
    logger,
  })
  return { sink, prepare: store.prepare }
}
