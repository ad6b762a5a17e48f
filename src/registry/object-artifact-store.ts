import { AtelierError, sha256 } from '../core/index.ts'
import type { ObjectStore } from '../storage/index.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** A store in a bucket. Closing the bucket's connection is the caller's. */
export function objectArtifactStore(objects: ObjectStore): ArtifactStore {
  const get = async (key: string) => {
    try {
      const parts: Uint8Array[] = []
      for await (const part of await objects.read(key)) parts.push(part)
      return new Uint8Array(Buffer.concat(parts))
    } catch (error) {
      if (error instanceof AtelierError && error.code === 'OBJECT_NOT_FOUND') return undefined
      throw error
    }
  }
  return {
    description: objects.url,
    get,
    async put(key, bytes) {
      const kept = await get(key)
      if (kept === undefined || sha256(kept) !== sha256(bytes)) await objects.write(key, bytes)
    },
    exists: async (key) => (await objects.stat(key)) !== undefined,
  }
}
