import { resolve } from 'node:path'
import type { ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import {
  adoptJournals,
  type CsvSource,
  csvFile,
  openObjectPredictionStore,
  openPredictionStore,
  type PredictionStore,
  parseLogPlace,
} from '../../monitoring/index.ts'
import { objectStoreOptionsFrom, readObjectUrl } from '../../storage/index.ts'
import type { CommandContext } from '../context.ts'

/** Of a CSV log that is one object: about ten million lines. */
const MOST_BYTES = 2 ** 30

/** A log that is read: a CSV file, or a store of predictions, which can do more. */
export type OpenedLog =
  | { readonly csv: CsvSource; readonly stored?: undefined; readonly name: string }
  | { readonly csv?: undefined; readonly stored: WithStore; readonly name: string }

type WithStore = <T>(work: (store: PredictionStore) => Promise<T>) => Promise<T>

/** The log that was asked for, else that of `LOG_URI` or the configuration. Throws LOG_INVALID. */
export function openLog(
  context: CommandContext,
  config: ProjectConfig,
  given: string | undefined,
): OpenedLog {
  const { env, cwd } = context
  const name = given ?? (env['LOG_URI'] || config.monitoring.log)
  const place = name === null ? undefined : parseLogPlace(name)
  if (name === null || place === undefined) throw noLog(name)
  if (place.kind === 'csv') return { csv: csvFile(resolve(cwd, place.path), name), name }
  if (place.kind === 'csv-object') {
    const options = { cwd, maxBytes: MOST_BYTES, ...objectStoreOptionsFrom(env) }
    const open = async function* () {
      yield await readObjectUrl(place.url, options)
    }
    return { csv: { name, open }, name }
  }
  const open = () =>
    place.kind === 'database' ? openDatabase(context, config) : openObjects(context, place.url)
  return { stored: (work) => withStore(context, config, open, work), name }
}

/** Work on a log that keeps ids and models, as a CSV file does not. Throws LOG_INVALID. */
export function withPredictionStore<T>(
  context: CommandContext,
  config: ProjectConfig,
  given: string | undefined,
  work: (store: PredictionStore) => Promise<T>,
): Promise<T> {
  const { stored, name } = openLog(context, config, given)
  if (stored !== undefined) return stored(work)
  throw new AtelierError('LOG_INVALID', `${name} has neither ids nor models: it is a CSV log.`, {
    hint: 'Give `--log database`, or `--log` with the folder of a log in a bucket.',
  })
}

function openDatabase({ cwd, env }: CommandContext, { tracking }: ProjectConfig) {
  return openPredictionStore({ url: env['DATABASE_URL'], path: resolve(cwd, tracking.database) })
}

function openObjects({ cwd, env, clock }: CommandContext, url: string) {
  return openObjectPredictionStore(url, { cwd, clock, ...objectStoreOptionsFrom(env) })
}

/** With what services of this machine that were killed had not brought to the store. */
async function withStore<T>(
  { cwd, clock, logger }: CommandContext,
  { monitoring }: ProjectConfig,
  open: () => Promise<PredictionStore>,
  work: (store: PredictionStore) => Promise<T>,
): Promise<T> {
  const store = await open()
  try {
    const found = await adoptJournals(resolve(cwd, monitoring.journals), store, clock.now())
    if (found > 0) logger.info(`took ${found} predictions from a service that was killed`)
    return await work(store)
  } finally {
    await store.close()
  }
}

function noLog(name: string | null): AtelierError {
  return new AtelierError(
    'LOG_INVALID',
    name === null ? 'Predictions are not logged.' : `There is no prediction log ${name}.`,
    {
      hint: 'Give `--log database`, `--log gs://bucket/folder` or `--log FILE.csv`, and serve with monitoring.log=database.',
    },
  )
}
