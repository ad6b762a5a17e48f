import { type Logger, toAtelierError } from '../core/index.ts'
import { indexRun } from './index-run.ts'
import { openRun } from './run.ts'
import type { OpenStore } from './run-store.ts'

/**
 * Puts runs into the store as their folders are now. A database that is away costs a warning, never
 * the work that was done.
 */
export async function refreshIndex(
  folders: readonly string[],
  openStore: OpenStore,
  logger: Logger,
): Promise<void> {
  try {
    const store = await openStore()
    try {
      for (const folder of folders) await indexRun(await openRun(folder), store)
    } finally {
      await store.close()
    }
  } catch (error) {
    logger.warn(behind(toAtelierError(error).message))
  }
}

/** The one text about a database that could not be brought up to date. */
export function behind(why: string): string {
  return `the database of runs is behind: ${why} Run folders are whole; \`atelier runs reindex\` repairs it.`
}
