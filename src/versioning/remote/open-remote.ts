import type { DataRepository } from '../repository.ts'
import type { DataRemote } from './data-remote.ts'
import { openFolderRemote } from './folder-remote.ts'
import { findRemote } from './remote-settings.ts'
import { openStoreRemote } from './store-remote.ts'

/** Opens a remote by its name, or the default one, for some work. Throws DVC_NO_REMOTE and DVC_UNSUPPORTED. */
export async function withRemote<T>(
  repository: DataRepository,
  name: string | undefined,
  work: (remote: DataRemote) => Promise<T>,
): Promise<T> {
  const settings = findRemote(repository, name)
  const remote = /^\w+:\/\//.test(settings.url)
    ? await openStoreRemote(repository, settings)
    : openFolderRemote(repository, settings.name, settings.url)
  try {
    return await work(remote)
  } finally {
    await remote.close()
  }
}
