import type { DataRepository } from '../repository.ts'
import type { DataRemote } from './data-remote.ts'
import { openFolderRemote } from './folder-remote.ts'
import { findRemote, type RemoteSettings } from './remote-settings.ts'

/** Opens a remote by its name, or the default one, for some work. Throws DVC_NO_REMOTE and DVC_UNSUPPORTED. */
export async function withRemote<T>(
  repository: DataRepository,
  name: string | undefined,
  work: (remote: DataRemote) => Promise<T>,
): Promise<T> {
  const settings = findRemote(repository, name)
  const remote = /^\w+:\/\//.test(settings.url)
    ? await openStore(repository, settings)
    : openFolderRemote(repository, settings.name, settings.url)
  try {
    return await work(remote)
  } finally {
    await remote.close()
  }
}

/** What speaks to stores is large: only who has such a remote waits for it. */
async function openStore(
  repository: DataRepository,
  settings: RemoteSettings,
): Promise<DataRemote> {
  const { openStoreRemote } = await import('./store-remote.ts')
  return openStoreRemote(repository, settings)
}
