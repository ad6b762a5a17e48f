import { statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { HashJob } from '../files/file-job.ts'
import {
  copySignature,
  createSignatures,
  putSignature,
  type SignatureRow,
  signatureOf,
  sizeAt,
} from '../files/file-signature.ts'
import {
  loadStatIndex,
  type StatIndex,
  saveStatIndex,
  unchangedPlaces,
} from '../files/stat-index.ts'
import { walkTree } from '../files/walk-tree.ts'
import { loadIgnoreRules } from '../ignore/dvc-ignore.ts'
import { encodeListing, type ListingEntry, listingHash } from '../objects/dir-listing.ts'
import { presenceOf } from '../objects/object-folder.ts'
import { type HashKind, objectsFolder } from '../objects/object-id.ts'
import type { DataHash } from '../pointer/dvc-file.ts'
import { type DataRepository, repositoryPath } from '../repository.ts'
import { versioningError } from '../versioning-error.ts'
import { lookThrough } from './look-through.ts'
import { splitWork } from './split-work.ts'

/** What a path in the workspace holds now. */
export interface HashedPath extends DataHash {
  readonly size: number
  /** Of a directory: its files; of a file: undefined. */
  readonly entries: readonly ListingEntry[] | undefined
  /** The bytes of a directory's listing. */
  readonly listing: Uint8Array | undefined
}

export interface HashOptions {
  readonly kind?: HashKind
  /** Keeps what is read as objects of the cache. */
  readonly store?: boolean
  /** For the line of progress. */
  readonly label?: string
}

/** The files of a path, and which of them are as they were when they were last read. */
interface Found {
  readonly path: string
  readonly isFolder: boolean
  readonly isexec: boolean
  readonly names: readonly string[]
  readonly signatures: SignatureRow
  readonly index: StatIndex | undefined
  readonly places: Int32Array
}

/**
 * Hashes a file or directory as DVC does, honouring `.dvcignore`; undefined when there is nothing at the path. What did
 * not change since it was last hashed is not read again. Throws DVC_IGNORE_FILE and DVC_UNSUPPORTED.
 */
export async function hashPath(
  repository: DataRepository,
  path: string,
  options: HashOptions = {},
): Promise<HashedPath | undefined> {
  const { kind = 'md5', store = false } = options
  const found = await findFiles(repository, path, kind)
  if (found === undefined) return undefined
  const { names, index, places } = found
  const known = (at: number) => (places[at]! >= 0 ? index!.hashes[places[at]!]! : undefined)
  const missing = store
    ? missingObjects(
        repository,
        kind,
        names.map((_, at) => known(at)),
      )
    : undefined
  const unread = names
    .map((_, at) => at)
    .filter((at) => known(at) === undefined || missing?.has(at))
  if (unread.length === 0 && index !== undefined && index.names.length === names.length)
    return describe(found, kind, index.md5, (at) => known(at)!)
  const hashes = names.map((_, at) => known(at) ?? '')
  const signatures = createSignatures(names.length)
  signatures.set(found.signatures)
  await readFiles(repository, found, { unread, hashes, signatures }, options)
  const result = describe(found, kind, undefined, (at) => hashes[at]!)
  if (repositoryPath(repository, path) !== undefined)
    await saveStatIndex(join(repository.scratch, 'stat'), path, {
      kind,
      md5: result.md5,
      names,
      hashes,
      signatures,
    })
  return result
}

/** Which of the known hashes have no object in the cache. */
function missingObjects(
  { cache }: DataRepository,
  kind: HashKind,
  known: readonly (string | undefined)[],
) {
  const isKept = presenceOf(cache, known.length)
  const missing = new Set<number>()
  known.forEach((md5, at) => {
    if (md5 !== undefined && !isKept({ md5, kind })) missing.add(at)
  })
  return missing
}

async function findFiles(
  repository: DataRepository,
  path: string,
  kind: HashKind,
): Promise<Found | undefined> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  const index = loadStatIndex(join(repository.scratch, 'stat'), path, kind)
  if (stats.isFile()) {
    const signatures = createSignatures(1)
    putSignature(signatures, 0, signatureOf(stats))
    const places = unchangedPlaces(index, [''], signatures)
    const isexec = (stats.mode & 0o100) !== 0
    return { path, isFolder: false, isexec, names: [''], signatures, index, places }
  }
  if (!stats.isDirectory()) {
    throw versioningError('DVC_UNSUPPORTED', `${path} is neither a file nor a folder.`, {
      hint: 'Only files and folders can be tracked.',
    })
  }
  const inner = repositoryPath(repository, path) ?? ''
  const above = inner.includes('/') ? dirname(inner) : ''
  const rules = await loadIgnoreRules(repository.root, above)
  const { names, signatures } = await lookThrough(repository, path, index?.names ?? [], () =>
    walkTree(path, inner, rules),
  )
  const places = unchangedPlaces(index, names, signatures)
  return { path, isFolder: true, isexec: false, names, signatures, index, places }
}

interface Reading {
  readonly unread: readonly number[]
  readonly hashes: string[]
  readonly signatures: SignatureRow
}

async function readFiles(
  { pool, progress, signal, cache }: DataRepository,
  { path, isFolder, names, signatures: found }: Found,
  { unread, hashes, signatures }: Reading,
  { kind = 'md5', store = false, label = 'Hashing' }: HashOptions,
): Promise<void> {
  const { ranges, light } = splitWork(unread.length, (at) => sizeAt(found, unread[at]!))
  const root = store ? objectsFolder(cache, kind) : undefined
  if (root !== undefined) await mkdir(root, { recursive: true })
  const jobs = ranges.map(
    ([start, end]): HashJob => ({
      kind: 'hash',
      base: isFolder ? `${path}${sep}` : path,
      names: unread.slice(start, end).map((at) => names[at]!),
      hash: kind,
      store: root,
    }),
  )
  const total = unread.reduce((sum, at) => sum + sizeAt(found, at), 0)
  const task = light ? undefined : progress.start({ label, total, unit: 'bytes' })
  let done = 0
  const onBytes = (bytes: number) => {
    done += bytes
    task?.update(done, path)
  }
  const results = await pool.run(jobs, { onBytes, signal, light })
  results.forEach((result, job) => {
    result.md5.forEach((md5, i) => {
      const at = unread[ranges[job]![0] + i]!
      hashes[at] = md5
      copySignature(result.signatures, i, signatures, at)
    })
  })
  task?.finish(`${unread.length} files`)
}

/** `known`: the hash of a directory whose files are all known. */
function describe(
  { isFolder, isexec, names, signatures }: Found,
  kind: HashKind,
  known: string | undefined,
  hashOf: (at: number) => string,
): HashedPath {
  let size = 0
  for (let at = 0; at < names.length; at++) size += sizeAt(signatures, at)
  if (!isFolder) {
    const none = { nfiles: undefined, entries: undefined, listing: undefined }
    return { md5: hashOf(0), size, kind, isexec, ...none }
  }
  // most often nobody asks for them
  const list = () => names.map((relpath, at) => ({ md5: hashOf(at), relpath }))
  const shared = { size, nfiles: names.length, kind, isexec: false }
  if (known !== undefined) {
    return {
      ...{ ...shared, md5: known, listing: undefined },
      get entries() {
        return list()
      },
    }
  }
  const entries = list()
  const listing = encodeListing(entries)
  return { ...shared, md5: listingHash(listing), entries, listing }
}
