import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { isScalar, parseDocument, visit } from 'yaml'
import { withRepositoryLock } from './lock/repository-lock.ts'
import { objectsIn } from './objects/object-folder.ts'
import {
  type HashKind,
  isDirHash,
  isObjectHash,
  type ObjectRef,
  objectPath,
  refKey,
} from './objects/object-id.ts'
import { withRemote } from './remote/open-remote.ts'
import type { DataRepository } from './repository.ts'
import { countOf, versioningError } from './versioning-error.ts'
import { readListing } from './work/read-listing.ts'
import { sizeOfFile } from './work/split-work.ts'
import { findDvcFiles } from './work/tracked-outputs.ts'

const run = promisify(execFile)

/** What is kept: data that files of these states name. */
export interface GarbageScope {
  readonly workspace?: boolean
  readonly allBranches?: boolean
  readonly allTags?: boolean
  readonly allCommits?: boolean
}

export interface GarbageOptions extends GarbageScope {
  /** Also deletes on the remote. */
  readonly cloud?: boolean
  readonly remote?: string | undefined
  readonly dryRun?: boolean
  /** Goes on when it is unknown what some directories name: their files are deleted. */
  readonly force?: boolean
}

export interface GarbageResult {
  /** Objects of the cache that nothing names. */
  readonly objects: number
  readonly bytes: number
  /** Objects of the remote that nothing names. */
  readonly remoteObjects: number
}

/**
 * Deletes objects that no `.dvc` file or `dvc.lock` within the scope names; what the workspace names always stays.
 * Throws DVC_OBJECT_MISSING when a listing cannot be had and something would go that it may name.
 */
export async function collectGarbage(
  repository: DataRepository,
  options: GarbageOptions,
): Promise<GarbageResult> {
  const { cloud = false, dryRun = false, force = false } = options
  const work = async () => {
    const texts = [...(await workspaceTexts(repository)), ...(await gitTexts(repository, options))]
    const named = texts.flatMap(namedObjects)
    const { used, unknown } = await withListings(repository, named, cloud, options.remote)
    const unused = [...objectsIn(repository.cache)].filter((key) => !used.has(key)).map(refOf)
    if (unknown.length > 0 && !force && (cloud || unused.length > 0)) throw unknownListings(unknown)
    const bytes = unused.reduce(
      (sum, ref) => sum + sizeOfFile(objectPath(repository.cache, ref)),
      0,
    )
    if (!dryRun)
      for (const ref of listingsFirst(unused))
        rmSync(objectPath(repository.cache, ref), { force: true })
    const remoteObjects = cloud ? await collectOnRemote(repository, used, options) : 0
    return { objects: unused.length, bytes, remoteObjects }
  }
  return withRepositoryLock(repository, work, { signal: repository.signal })
}

function refOf(key: string): ObjectRef {
  const colon = key.indexOf(':')
  return { kind: key.slice(0, colon) as HashKind, md5: key.slice(colon + 1) }
}

/** A listing whose files are gone would say that they are there. */
function listingsFirst(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...refs].sort((a, b) => Number(isDirHash(b.md5)) - Number(isDirHash(a.md5)))
}

async function workspaceTexts(repository: DataRepository): Promise<string[]> {
  const files = await findDvcFiles(repository, isPointer)
  return Promise.all(files.map((file) => readFile(file, 'utf8')))
}

const isPointer = (name: string) => /(?:\.dvc|(?:^|\/)dvc\.lock)$/.test(name)

/** The same files as other commits have them. */
async function gitTexts({ gitRoot, root }: DataRepository, scope: GarbageScope): Promise<string[]> {
  const { allBranches = false, allTags = false, allCommits = false } = scope
  if (!allBranches && !allTags && !allCommits) return []
  if (gitRoot === undefined) {
    throw versioningError(
      'DVC_NO_REPOSITORY',
      `${root} is in no git repository, which the scope asks for.`,
      {
        hint: 'Use --workspace.',
      },
    )
  }
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: root, maxBuffer: 1 << 30 })).stdout
  const refs = allCommits
    ? ['--all', 'HEAD']
    : [
        '--no-walk',
        'HEAD',
        ...(allBranches ? ['--branches', '--remotes'] : []),
        ...(allTags ? ['--tags'] : []),
      ]
  const commits = (await git('rev-list', ...refs)).split('\n').filter(Boolean)
  const blobs = new Set<string>()
  for (const commit of commits) {
    const tree = await git('ls-tree', '-r', '-z', '--full-tree', commit)
    for (const entry of tree.split('\0')) {
      const [, blob, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
      if (blob !== undefined && isPointer(path!)) blobs.add(blob)
    }
  }
  const texts: string[] = []
  for (const blob of blobs) texts.push(await git('cat-file', 'blob', blob))
  return texts
}

/** Everything in a file that looks like a hash: one too many keeps an object, one too few would lose it. */
function namedObjects(text: string): ObjectRef[] {
  const refs: ObjectRef[] = []
  visit(parseDocument(text), {
    Pair(_key, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'md5' || !isScalar(pair.value)) return
      const md5 = (pair.value.source ?? String(pair.value.value)).toLowerCase()
      if (isObjectHash(md5)) refs.push({ md5, kind: 'md5' }, { md5, kind: 'md5-dos2unix' })
    },
  })
  return refs
}

async function withListings(
  repository: DataRepository,
  named: readonly ObjectRef[],
  cloud: boolean,
  remote: string | undefined,
): Promise<{ readonly used: ReadonlySet<string>; readonly unknown: readonly string[] }> {
  const used = new Set(named.map(refKey))
  const folders = named.filter(({ md5 }) => isDirHash(md5))
  if (cloud) {
    await withRemote(repository, remote, async (place) => {
      const lacking = folders.filter((ref) => readListing(repository.cache, ref) === undefined)
      const there = await place.existing(lacking)
      await place.fetch(lacking.filter((ref) => there.has(refKey(ref))))
    })
  }
  const known = new Set<string>()
  for (const ref of folders) {
    const entries = readListing(repository.cache, ref)
    if (entries !== undefined) known.add(ref.md5)
    for (const { md5 } of entries ?? []) used.add(refKey({ md5, kind: ref.kind }))
  }
  const unknown = new Set(folders.map(({ md5 }) => md5).filter((md5) => !known.has(md5)))
  return { used, unknown: [...unknown] }
}

function unknownListings(unknown: readonly string[]) {
  return versioningError(
    'DVC_OBJECT_MISSING',
    `What ${countOf(unknown.length, 'directory').replace('directorys', 'directories')} in the scope hold is not known here, so their files might be deleted: ${unknown.slice(0, 3).join(', ')}.`,
    {
      hint: 'Run `atelier data fetch` first, or add --force when their data may go.',
      data: { listings: unknown.slice(0, 100) },
    },
  )
}

async function collectOnRemote(
  repository: DataRepository,
  used: ReadonlySet<string>,
  { remote: name, dryRun = false }: GarbageOptions,
): Promise<number> {
  return withRemote(repository, name, async (remote) => {
    const unused: ObjectRef[] = []
    for await (const ref of remote.list()) if (!used.has(refKey(ref))) unused.push(ref)
    if (!dryRun) for (const ref of listingsFirst(unused)) await remote.delete(ref)
    return unused.length
  })
}
