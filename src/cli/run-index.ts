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
  /** False before the first run, the trash counted too. */
  readonly hasRuns: boolean
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
    const hasRuns = (await holdsRuns(store)) || (await fill(context, root, store))
    await settleStore(store, context.clock)
    return await work({ config, root, store, hasRuns })
  } finally {
    await store.close()
  }
}

async function holdsRuns(store: RunStore): Promise<boolean> {
  if ((await store.find({ limit: 1 })).total > 0) return true
  return (await store.find({ limit: 1, trashed: true })).total > 0
}

/** Gives whether there was a run to put in. */
async function fill({ logger }: CommandContext, root: string, store: RunStore): Promise<boolean> {
  if (!(await hasFolders(root))) return false
  const { runs } = await reindex(root, store)
  if (runs > 0) logger.info(`The database was empty: put ${runs} runs from ${root} into it.`)
  return runs > 0
}

async function hasFolders(root: string): Promise<boolean> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  const trash = await readdir(join(root, '.trash')).catch(() => [])
  return trash.length > 0 || entries.some((entry) => entry.isDirectory() && entry.name[0] !== '.')
}
