import { resolve } from 'node:path'
import type { ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import { adoptJournals, openPredictionStore, type PredictionStore } from '../../monitoring/index.ts'
import type { CommandContext } from '../context.ts'

/** Where predictions are logged: the path of a CSV file, or the database. Throws LOG_INVALID. */
export function logPlace(
  { env, cwd }: CommandContext,
  { monitoring }: ProjectConfig,
  given: string | undefined,
): { readonly csv: string | undefined; readonly name: string } {
  const name = given ?? (env['LOG_URI'] || monitoring.log)
  if (name === 'database') return { csv: undefined, name }
  if (name?.endsWith('.csv')) return { csv: resolve(cwd, name.replace(/^file:\/\//, '')), name }
  throw new AtelierError(
    'LOG_INVALID',
    name === null ? 'Predictions are not logged.' : `There is no prediction log ${name}.`,
    { hint: 'Give `--log database` or `--log FILE.csv`, and serve with monitoring.log=database.' },
  )
}

/** The store of predictions, with what services that were killed had not brought there. */
export async function withPredictionStore<T>(
  { cwd, env, clock, logger }: CommandContext,
  { tracking, monitoring }: ProjectConfig,
  work: (store: PredictionStore) => Promise<T>,
): Promise<T> {
  const place = { url: env['DATABASE_URL'], path: resolve(cwd, tracking.database) }
  const store = await openPredictionStore(place)
  try {
    const found = await adoptJournals(resolve(cwd, monitoring.journals), store, clock.now())
    if (found > 0) logger.info(`took ${found} predictions from a service that was killed`)
    return await work(store)
  } finally {
    await store.close()
  }
}
