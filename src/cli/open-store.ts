import { resolve } from 'node:path'
import type { Config } from '../contracts/index.ts'
import { type OpenStore, openRunStore } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'

/** How a command opens the database of runs: DATABASE_URL, else the configured file. */
export function storeOpener(
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
  config: Config,
): OpenStore {
  const place = { url: env['DATABASE_URL'], path: resolve(cwd, config.tracking.database) }
  return () => openRunStore(place)
}
