import { execFile } from 'node:child_process'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { compareListings, type FileChanges } from './data-status.ts'
import type { ListingEntry } from './objects/dir-listing.ts'
import { isDirHash } from './objects/object-id.ts'
import { type DataHash, DVC_SUFFIX, parseDvcFile } from './pointer/dvc-file.ts'
import type { DataRepository } from './repository.ts'
import { versioningError } from './versioning-error.ts'
import { hashPath } from './work/hash-path.ts'
import { readListing } from './work/read-listing.ts'
import { trackedOutputs } from './work/tracked-outputs.ts'

const run = promisify(execFile)

/** One output that differs. */
export interface DataDifference {
  /** Relative to the repository, parts separated by `/`. */
  readonly path: string
  readonly state: 'added' | 'modified' | 'deleted'
  readonly before: string | undefined
  readonly after: string | undefined
  /** Of directories, where both listings are in the cache. */
  readonly changes: FileChanges | undefined
}

interface Version {
  readonly hash: Pick<DataHash, 'md5' | 'kind'>
  readonly entries: readonly ListingEntry[] | undefined
}

/** What differs in tracked data between a commit and another one, or the workspace when left out. */
export async function diffData(
  repository: DataRepository,
  from: string,
  to?: string,
): Promise<readonly DataDifference[]> {
  const before = await versionsAt(repository, from)
  const after = to === undefined ? await versionsNow(repository) : await versionsAt(repository, to)
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths.flatMap((path) => differenceOf(path, before.get(path), after.get(path)))
}

function differenceOf(
  path: string,
  before: Version | undefined,
  after: Version | undefined,
): DataDifference[] {
  const hashes = { before: before?.hash.md5, after: after?.hash.md5 }
  if (hashes.before === hashes.after) return []
  const state = before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified'
  const both = before?.entries !== undefined && after?.entries !== undefined
  const changes = both ? compareListings(before.entries!, after.entries!) : undefined
  return [{ path, state, ...hashes, changes }]
}

async function versionsNow(repository: DataRepository): Promise<Map<string, Version>> {
  const versions = new Map<string, Version>()
  for (const { output } of await trackedOutputs(repository)) {
    const hash = await hashPath(repository, output.absolutePath, {
      kind: output.hash?.kind ?? 'md5',
    })
    if (hash !== undefined)
      versions.set(inRoot(repository, output.absolutePath), { hash, entries: hash.entries })
  }
  return versions
}

async function versionsAt(
  repository: DataRepository,
  commit: string,
): Promise<Map<string, Version>> {
  const versions = new Map<string, Version>()
  const { root, cache } = repository
  for (const [path, text] of await filesAt(repository, commit)) {
    for (const { absolutePath, hash } of parseDvcFile(text, join(root, path)).outputs) {
      if (hash === undefined) continue
      const entries = isDirHash(hash.md5) ? readListing(cache, hash) : undefined
      versions.set(inRoot(repository, absolutePath), { hash, entries })
    }
  }
  return versions
}

/** The `.dvc` files of a commit with their paths in the repository. */
async function filesAt(
  { root, gitRoot }: DataRepository,
  commit: string,
): Promise<[string, string][]> {
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: root, maxBuffer: 1 << 30 })).stdout
  if (gitRoot === undefined || commit.startsWith('-')) throw unknownCommit(commit)
  const tree = await git('ls-tree', '-r', '-z', commit).catch((cause: unknown) => {
    throw unknownCommit(commit, cause)
  })
  const files: [string, string][] = []
  for (const entry of tree.split('\0')) {
    const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    if (path?.endsWith(DVC_SUFFIX)) files.push([path, await git('cat-file', 'blob', blob!)])
  }
  return files
}

function unknownCommit(commit: string, cause?: unknown) {
  return versioningError('DVC_TARGET_UNKNOWN', `There is no commit '${commit}' here.`, {
    hint: 'Name a commit, a branch or a tag; without one, HEAD is compared with the workspace.',
    cause,
  })
}

function inRoot({ root }: DataRepository, path: string): string {
  return relative(root, path).split(sep).join('/')
}
