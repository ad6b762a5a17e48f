import { AtelierError } from '../../core/index.ts'
import { forEachConcurrent } from './for-each-concurrent.ts'
import type { ObjectStore } from './object-store.ts'

export interface ExistingOptions {
  readonly signal?: AbortSignal | undefined
  /** Questions that travel at once. */
  readonly connections?: number
}

const CONNECTIONS = 16

/**
 * Those of the keys that are in the store. Where many of them share folders, the folders are listed: a
 * thousand objects cost one question then. Where listing is not allowed, each object is asked for.
 */
export async function existingKeys(
  store: ObjectStore,
  keys: readonly string[],
  { signal, connections = CONNECTIONS }: ExistingOptions = {},
): Promise<Set<string>> {
  const folders = new Set(keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1)))
  if (keys.length < folders.size * 2) return askForEach(store, keys, signal, connections)
  const wanted = new Set(keys)
  const found = new Set<string>()
  const list = async (folder: string, stop: AbortSignal) => {
    for await (const { key } of store.list(folder, { signal: stop }))
      if (wanted.has(key)) found.add(key)
  }
  try {
    await forEachConcurrent(folders, connections, list, signal)
    return found
  } catch (error) {
    if (!(error instanceof AtelierError) || error.code !== 'STORAGE_DENIED') throw error
    return askForEach(store, keys, signal, connections)
  }
}

async function askForEach(
  store: ObjectStore,
  keys: readonly string[],
  signal: AbortSignal | undefined,
  connections: number,
): Promise<Set<string>> {
  const found = new Set<string>()
  const ask = async (key: string, stop: AbortSignal) => {
    if ((await store.stat(key, { signal: stop })) !== undefined) found.add(key)
  }
  await forEachConcurrent(keys, connections, ask, signal)
  return found
}
