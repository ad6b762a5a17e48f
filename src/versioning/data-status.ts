import { existsSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { withRepositoryLock } from './lock/repository-lock.ts'
import type { ListingEntry } from './objects/dir-listing.ts'
import { isDirHash, objectPath } from './objects/object-id.ts'
import type { DataRepository } from './repository.ts'
import { type HashedPath, hashPath } from './work/hash-path.ts'
import { readListing } from './work/read-listing.ts'
import { findTargets, type Target } from './work/tracked-outputs.ts'

/** `not in cache`: the workspace is right, and the cache does not have it. */
export type OutputState = 'up to date' | 'modified' | 'deleted' | 'new' | 'not in cache'

export interface OutputStatus {
  /** Relative to the repository, parts separated by `/`. */
  readonly path: string
  readonly file: string
  readonly state: OutputState
  /** The files of a modified directory that differ, where the cache has its listing. */
  readonly changes: FileChanges | undefined
}

/** Paths below a directory. */
export interface FileChanges {
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly deleted: readonly string[]
}

/** Compares the workspace with what the `.dvc` files say. `words` as for `findTargets`. */
export async function dataStatus(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
): Promise<readonly OutputStatus[]> {
  return withRepositoryLock(
    repository,
    async () => {
      const statuses: OutputStatus[] = []
      for (const target of await findTargets(repository, words, cwd, { withStages: true }))
        statuses.push(await outputStatus(repository, target))
      return statuses
    },
    { mode: 'read', signal: repository.signal },
  )
}

async function outputStatus(
  repository: DataRepository,
  { file, output }: Target,
): Promise<OutputStatus> {
  const { absolutePath, hash, cache } = output
  const current = await hashPath(repository, absolutePath, { kind: hash?.kind ?? 'md5' })
  const inRoot = (path: string) => relative(repository.root, path).split(sep).join('/')
  const place = { path: inRoot(absolutePath), file: inRoot(file.path) }
  if (hash === undefined)
    return { ...place, state: current === undefined ? 'deleted' : 'new', changes: undefined }
  if (current === undefined) return { ...place, state: 'deleted', changes: undefined }
  if (current.md5 !== hash.md5) {
    const before = isDirHash(hash.md5) ? readListing(repository.cache, hash) : undefined
    return { ...place, state: 'modified', changes: before && fileChanges(before, current) }
  }
  const kept = !cache || existsSync(objectPath(repository.cache, hash))
  return { ...place, state: kept ? 'up to date' : 'not in cache', changes: undefined }
}

function fileChanges(
  before: readonly ListingEntry[],
  { entries }: HashedPath,
): FileChanges | undefined {
  return entries === undefined ? undefined : compareListings(before, entries)
}

/** What has to happen to the first list of files to make it the second. */
export function compareListings(
  before: readonly ListingEntry[],
  after: readonly ListingEntry[],
): FileChanges {
  const old = new Map(before.map(({ relpath, md5 }) => [relpath, md5]))
  const now = new Set(after.map(({ relpath }) => relpath))
  return {
    added: after.filter(({ relpath }) => !old.has(relpath)).map(({ relpath }) => relpath),
    modified: after
      .filter(({ relpath, md5 }) => old.has(relpath) && old.get(relpath) !== md5)
      .map(({ relpath }) => relpath),
    deleted: before.filter(({ relpath }) => !now.has(relpath)).map(({ relpath }) => relpath),
  }
}
