import { resolve } from 'node:path'
import type { MonitoringConfig } from '../contracts/index.ts'
import { AtelierError, type Clock, type Logger } from '../core/index.ts'
import {
  openCsvSink,
  openDatabaseSink,
  openPredictionStore,
  type PredictionSink,
} from '../monitoring/index.ts'

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

/** Where the service logs predictions; undefined: nowhere. */
export async function openPredictionSink(place: SinkPlace): Promise<PredictionSink | undefined> {
  const { config, cwd, clock, logger } = place
  const log = place.uri || config.log
  if (log === null) return undefined
  if (log === 'database') {
    return openDatabaseSink({
      store: await openPredictionStore(place.database),
      journals: resolve(cwd, config.journals),
      maxBytes: config.journal_mb * MB,
      flushMs: config.flush_seconds * 1000,
      retentionMs: config.retention_days === null ? null : config.retention_days * DAY_MS,
      clock,
      logger,
    })
  }
  const path = log.replace(/^file:\/\//, '')
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || !path.endsWith('.csv')) {
    throw new AtelierError('LOG_INVALID', `Predictions cannot be logged to ${log}.`, {
      hint: 'Give "database" or the path of a .csv file, as LOG_URI or monitoring.log.',
    })
  }
  return openCsvSink({
    path: resolve(cwd, path),
    rotateBytes: config.csv_mb * MB,
    keep: config.csv_files,
    clock,
    logger,
  })
}
