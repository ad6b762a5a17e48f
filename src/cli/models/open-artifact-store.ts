import { resolve } from 'node:path'
import {
  type ArtifactStore,
  folderArtifactStore,
  objectArtifactStore,
} from '../../registry/index.ts'
import { objectStoreOptionsFrom, openObjectStore } from '../../storage/index.ts'
import type { CommandContext } from '../context.ts'

/** Where the registry's files are: `registry.store`, a folder or the URL of a bucket. */
export async function openArtifactStore(
  { cwd, env, clock }: Pick<CommandContext, 'cwd' | 'env' | 'clock'>,
  place: string,
): Promise<{ readonly store: ArtifactStore; close(): Promise<void> }> {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) {
    return { store: folderArtifactStore(resolve(cwd, place)), close: async () => {} }
  }
  const objects = await openObjectStore(place, { cwd, clock, ...objectStoreOptionsFrom(env) })
  return { store: objectArtifactStore(objects), close: () => objects.close() }
}
