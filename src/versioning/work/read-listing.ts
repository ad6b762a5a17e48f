import { readFileSync } from 'node:fs'
import { decodeListing, type ListingEntry, listingHash } from '../objects/dir-listing.ts'
import { isDirHash, type ObjectRef, objectPath } from '../objects/object-id.ts'
import { versioningError } from '../versioning-error.ts'

/** The files of a directory's hash from the cache; undefined when the listing is not there. Throws DVC_OBJECT_CORRUPT. */
export function readListing(cache: string, ref: ObjectRef): ListingEntry[] | undefined {
  let bytes: Buffer
  try {
    bytes = readFileSync(objectPath(cache, ref))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  if (listingHash(bytes) !== ref.md5) {
    throw versioningError('DVC_OBJECT_CORRUPT', `The listing ${ref.md5} in the cache is damaged.`, {
      hint: 'Run `atelier data doctor --repair`, then `atelier data pull`.',
      data: { object: ref.md5 },
    })
  }
  return decodeListing(bytes, ref.md5)
}

/** The objects that a hash stands for: a directory's files, then its listing, which comes last everywhere. */
export function objectsOf(cache: string, ref: ObjectRef): ObjectRef[] | undefined {
  if (!isDirHash(ref.md5)) return [ref]
  const entries = readListing(cache, ref)
  if (entries === undefined) return undefined
  return [...entries.map(({ md5 }) => ({ md5, kind: ref.kind })), ref]
}
