import { createReadTools, writeObject } from '../files/object-file.ts'
import { encodeListing } from '../objects/dir-listing.ts'
import { isDirHash, objectPath } from '../objects/object-id.ts'
import { type DataRepository, pathExists } from '../repository.ts'
import { checkOutPath } from './check-out-path.ts'
import { type HashedPath, hashPath } from './hash-path.ts'

/**
 * Keeps a file or directory in the cache and gives its hash; the workspace is linked to the cache where the repository
 * wants links. Undefined when there is nothing at the path.
 */
export async function commitPath(
  repository: DataRepository,
  path: string,
  options: { readonly relink?: boolean } = {},
): Promise<HashedPath | undefined> {
  const hashed = await hashPath(repository, path, { store: true, label: 'Adding' })
  if (hashed === undefined) return undefined
  keepListing(repository, hashed)
  const { links } = repository
  const linked = links[0] === 'hardlink' || links[0] === 'symlink'
  if (linked && options.relink !== false)
    await checkOutPath(repository, path, hashed, { relink: true })
  return hashed
}

/** Writes the listing of a directory, after its files. */
function keepListing({ cache }: DataRepository, { md5, entries, listing, kind }: HashedPath): void {
  if (!isDirHash(md5) || pathExists(objectPath(cache, { md5, kind }))) return
  const tools = createReadTools(() => {})
  writeObject(objectPath(cache, { md5, kind }), listing ?? encodeListing(entries!), tools)
}
