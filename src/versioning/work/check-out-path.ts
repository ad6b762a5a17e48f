import { lstatSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { copySignature, createSignatures, type SignatureRow } from '../files/file-signature.ts'
import { forgetStatIndex, loadStatIndex, saveStatIndex } from '../files/stat-index.ts'
import type { ListingEntry } from '../objects/dir-listing.ts'
import { presenceOf } from '../objects/object-folder.ts'
import { isDirHash } from '../objects/object-id.ts'
import type { DataHash } from '../pointer/dvc-file.ts'
import { type DataRepository, repositoryPath } from '../repository.ts'
import { countOf, versioningError } from '../versioning-error.ts'
import { type HashedPath, hashPath } from './hash-path.ts'
import { missingObjects, type Placement, placeFiles } from './place-files.ts'
import { readListing } from './read-listing.ts'

export interface CheckOutOptions {
  /** Replaces and deletes data that is kept nowhere else. */
  readonly force?: boolean
  /** Places anew also what is right, as links of the wanted type. */
  readonly relink?: boolean
  /** Only what lies at this path of a directory, parts separated by `/`. */
  readonly inner?: string | undefined
}

/** What a checkout did, in files. */
export interface CheckOutChange {
  readonly state: 'added' | 'modified' | 'deleted' | 'unchanged'
  readonly added: number
  readonly modified: number
  readonly deleted: number
}

interface Plan extends Placement {
  readonly remove: readonly string[]
  readonly added: number
  readonly modified: number
}

/**
 * Makes a path in the workspace what a hash says, from the cache. Nothing is touched when a file would be lost that is
 * not in the cache (DVC_WOULD_LOSE), or when the cache lacks something (DVC_OBJECT_MISSING).
 */
export async function checkOutPath(
  repository: DataRepository,
  path: string,
  hash: DataHash,
  options: CheckOutOptions = {},
): Promise<CheckOutChange> {
  const current = await hashPath(repository, path, { kind: hash.kind, label: 'Comparing' })
  if (current?.md5 === hash.md5 && !options.relink) return unchanged()
  const plan = planOf(repository, path, hash, current, options)
  if (!options.force) refuseLoss(repository, path, hash.kind, plan, current)
  requireObjects(repository, path, hash.kind, plan)
  removeFiles(path, plan, current)
  const placed = await placeFiles(repository, path, hash, plan)
  if (placed === undefined) return checkOutPath(repository, path, hash, options)
  await remember(repository, path, hash, plan, placed)
  const { added, modified, remove } = plan
  const any = added + modified + remove.length > 0
  const state = !any ? 'unchanged' : current === undefined ? 'added' : 'modified'
  return { state, added, modified, deleted: remove.length }
}

function unchanged(): CheckOutChange {
  return { state: 'unchanged', added: 0, modified: 0, deleted: 0 }
}

function planOf(
  { cache }: DataRepository,
  path: string,
  { md5, kind }: DataHash,
  current: HashedPath | undefined,
  { inner, relink = false }: CheckOutOptions,
): Plan {
  const isFolder = isDirHash(md5)
  const listing = isFolder ? readListing(cache, { md5, kind }) : [{ md5, relpath: '' }]
  if (listing === undefined) throw missingObjects(path, 1)
  const isMeant = (name: string) =>
    inner === undefined || name === inner || name.startsWith(`${inner}/`)
  const now = new Map(filesOf(current).map((entry) => [entry.relpath, entry.md5]))
  // a file in place of a directory, or the other way round: nothing of it stays
  const sameShape = current === undefined || (current.entries !== undefined) === isFolder
  const place = listing.filter(
    (entry) =>
      isMeant(entry.relpath) && (relink || !sameShape || now.get(entry.relpath) !== entry.md5),
  )
  const wantedNames = new Set(listing.map(({ relpath }) => relpath))
  const remove = [...now.keys()].filter(
    (name) => isMeant(name) && !(sameShape && wantedNames.has(name)),
  )
  const changed = place.filter((entry) => now.get(entry.relpath) !== entry.md5)
  const modified = sameShape ? changed.filter((entry) => now.has(entry.relpath)).length : 0
  return { isFolder, wanted: listing, place, remove, added: changed.length - modified, modified }
}

function filesOf(current: HashedPath | undefined): readonly ListingEntry[] {
  if (current === undefined) return []
  return current.entries ?? [{ md5: current.md5, relpath: '' }]
}

function refuseLoss(
  { cache }: DataRepository,
  path: string,
  kind: DataHash['kind'],
  { place, remove }: Plan,
  current: HashedPath | undefined,
): void {
  const touched = new Set([...remove, ...place.map(({ relpath }) => relpath)])
  const files = filesOf(current).filter(({ relpath }) => touched.has(relpath))
  const isKept = presenceOf(cache, files.length)
  const lost = files
    .filter(({ md5 }) => !isKept({ md5, kind }))
    .map(({ relpath }) => (relpath === '' ? path : join(path, relpath)))
  if (lost.length === 0) return
  const more = lost.length > 3 ? ` and ${lost.length - 3} more` : ''
  throw versioningError(
    'DVC_WOULD_LOSE',
    `${countOf(lost.length, 'file')} would be lost, as the cache does not hold what is there now: ${lost.slice(0, 3).join(', ')}${more}.`,
    {
      hint: 'Keep it with `atelier data add`, or give it up with --force.',
      data: { path, files: lost.slice(0, 100), count: lost.length },
    },
  )
}

function requireObjects(
  { cache }: DataRepository,
  path: string,
  kind: DataHash['kind'],
  { place }: Plan,
): void {
  const isKept = presenceOf(cache, place.length)
  const absent = place.filter(({ md5 }) => !isKept({ md5, kind }))
  if (absent.length > 0) throw missingObjects(path, absent.length)
}

function removeFiles(
  path: string,
  { remove, isFolder }: Plan,
  current: HashedPath | undefined,
): void {
  const folders = new Set<string>()
  for (const name of remove) {
    rmSync(name === '' ? path : join(path, name), { force: true })
    for (let folder = name; folder.includes('/'); ) {
      folder = folder.slice(0, folder.lastIndexOf('/'))
      folders.add(join(path, folder))
    }
  }
  if (!isFolder && current?.entries !== undefined) folders.add(path)
  // the deepest first; one that holds something else stays
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) removeEmpty(folder)
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!/^(?:ENOTEMPTY|EEXIST|ENOENT|ENOTDIR)$/.test(code)) throw error
  }
}

/** Notes the state of the placed files, so that the next look need not read them. */
async function remember(
  repository: DataRepository,
  path: string,
  { md5, kind }: DataHash,
  { isFolder, wanted, place }: Plan,
  placed: SignatureRow,
): Promise<void> {
  if (repositoryPath(repository, path) === undefined) return
  const folder = join(repository.scratch, 'stat')
  const old = loadStatIndex(folder, path, kind)
  const oldPlaces = new Map(old?.names.map((name, at) => [name, at]))
  const newPlaces = new Map(place.map(({ relpath }, at) => [relpath, at]))
  const signatures = createSignatures(wanted.length)
  signatures.fill(Number.NaN)
  wanted.forEach(({ relpath, md5: sum }, at) => {
    const fresh = newPlaces.get(relpath)
    const before = oldPlaces.get(relpath)
    if (fresh !== undefined) copySignature(placed, fresh, signatures, at)
    else if (before !== undefined && old!.hashes[before] === sum)
      copySignature(old!.signatures, before, signatures, at)
  })
  if (isFolder !== (lstatSync(path).isDirectory() || statSync(path).isDirectory()))
    return forgetStatIndex(folder, path)
  const names = wanted.map(({ relpath }) => relpath)
  await saveStatIndex(folder, path, {
    kind,
    md5,
    names,
    hashes: wanted.map((entry) => entry.md5),
    signatures,
  })
}
