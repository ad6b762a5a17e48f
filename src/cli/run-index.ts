import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../contracts/index.ts'
import { type RunStore, reindex, settleStore } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'
import { loadConfig } from './load-config.ts'
import { storeOpener } from './open-store.ts'

/** What the `runs` commands work on. */
export interface RunIndex {
  readonly config: Config
  /** Absolute: the folder of the run folders. */
  readonly root: string
  readonly store: RunStore
}

/**
 * Opens the database for some work. Before it, runs whose process is gone are called crashed, and
 * an empty database is filled from the run folders. Throws STORE_UNAVAILABLE.
 */
export async function withRunIndex<T>(
  context: CommandContext,
  work: (index: RunIndex) => Promise<T>,
): Promise<T> {
  const { config } = await loadConfig(context, [])
  const root = resolve(context.cwd, config.paths.runs)
  const store = await storeOpener(context, config)()
  try {
    await fillWhenEmpty(context, root, store)
    await settleStore(store, context.clock)
    return await work({ config, root, store })
  } finally {
    await store.close()
  }
}

async function fillWhenEmpty(
  { logger }: CommandContext,
  root: string,
  store: RunStore,
): Promise<void> {
  const known = await store.findIds('', 1)
  if (known.length > 0 || !(await hasFolders(root))) return
  const { runs } = await reindex(root, store)
  if (runs > 0) logger.info(`The database was empty: indexed ${runs} run folders in ${root}.`)
}

async function hasFolders(root: string): Promise<boolean> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const trash = await readdir(join(root, '.trash')).catch(() => [])
  return trash.length > 0 || entries.some((entry) => entry.isDirectory() && entry.name[0] !== '.')
}
