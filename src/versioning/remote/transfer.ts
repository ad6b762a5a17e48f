import { relative, sep } from 'node:path'
import { presenceOf } from '../objects/object-folder.ts'
import { isDirHash, type ObjectRef, objectPath, refKey } from '../objects/object-id.ts'
import { type DataRepository, pathExists } from '../repository.ts'
import { countOf, versioningError } from '../versioning-error.ts'
import { readListing } from '../work/read-listing.ts'
import type { Target } from '../work/tracked-outputs.ts'
import type { DataRemote } from './data-remote.ts'
import { withRemote } from './open-remote.ts'
import { objectsMissing } from './transfer-errors.ts'

const WARM_FILES = 10_000

/** What a push or a fetch did. */
export interface Transferred {
  /** Objects, directories' listings among them. */
  readonly objects: number
  readonly bytes: number
}

export interface TransferChoice {
  /** In place of the default remote and of those that outputs name. */
  readonly remote?: string | undefined
}

/** Outputs by the remote that they belong to. */
function byRemote(
  targets: readonly Target[],
  { remote }: TransferChoice,
): Map<string | undefined, Target[]> {
  const groups = new Map<string | undefined, Target[]>()
  for (const target of targets) {
    if (!target.output.cache || target.output.hash === undefined) continue
    const name = remote ?? target.output.remote
    groups.set(name, [...(groups.get(name) ?? []), target])
  }
  return groups
}

/**
 * Copies what targets need from the cache to their remotes: files first, listings last, so that a listing on a
 * remote means that all of the directory is there. Throws DVC_OBJECT_MISSING before anything travels when the data is
 * in neither place.
 */
export async function pushTargets(
  repository: DataRepository,
  targets: readonly Target[],
  choice: TransferChoice = {},
): Promise<Transferred> {
  const own = targets.filter(({ output, file }) => output.push && !file.fromRepository)
  let total: Transferred = { objects: 0, bytes: 0 }
  for (const [name, group] of byRemote(own, choice)) {
    warmFor(repository, group)
    total = await withRemote(repository, name, async (remote) => {
      await fetchListings(repository, remote, group)
      const refs = uniqueRefs(group.flatMap((target) => refsOf(repository, target)))
      const there = await remote.existing(refs, repository)
      const wanted = refs.filter((ref) => !there.has(refKey(ref)))
      const isHere = presenceOf(repository.cache, wanted.length)
      const lost = wanted.filter((ref) => !isHere(ref))
      if (lost.length > 0)
        throw objectsMissing(
          `the cache, nor on the remote '${remote.name}'`,
          lost,
          'Add the data again, or fetch it from another remote.',
        )
      return sum(total, await pushInOrder(repository, remote, wanted, sizeOf(group)))
    })
  }
  return total
}

async function pushInOrder(
  repository: DataRepository,
  remote: DataRemote,
  refs: readonly ObjectRef[],
  most: number,
): Promise<Transferred> {
  const label = `Pushing to ${remote.name}`
  const bytes = await report(repository, label, refs.length, most, async (onBytes) => {
    const options = { signal: repository.signal, onBytes }
    await remote.push(
      refs.filter(({ md5 }) => !isDirHash(md5)),
      options,
    )
    await remote.push(
      refs.filter(({ md5 }) => isDirHash(md5)),
      options,
    )
  })
  return { objects: refs.length, bytes }
}

/** Copies what targets need from their remotes to the cache, each object compared with its name. */
export async function fetchTargets(
  repository: DataRepository,
  targets: readonly Target[],
  choice: TransferChoice = {},
): Promise<Transferred> {
  let total: Transferred = { objects: 0, bytes: 0 }
  for (const [name, group] of byRemote(targets, choice)) {
    // what is here needs no remote, not even a configured one
    if (group.every((target) => isComplete(repository, target))) continue
    warmFor(repository, group)
    total = await withRemote(repository, name, async (remote) => {
      const listings = await fetchListings(repository, remote, group)
      const refs = uniqueRefs(group.flatMap((target) => refsOf(repository, target)))
      const isHere = presenceOf(repository.cache, refs.length)
      const wanted = refs.filter((ref) => !isHere(ref))
      const size = sizeOf(group)
      const work = (onBytes: (bytes: number) => void) =>
        remote.fetch(wanted, { signal: repository.signal, onBytes })
      const bytes = await report(
        repository,
        `Fetching from ${remote.name}`,
        wanted.length,
        size,
        work,
      )
      return sum(total, { objects: wanted.length + listings, bytes })
    })
  }
  return total
}

/** Threads take a while to start: they do it while listings are read. */
function warmFor({ pool }: DataRepository, targets: readonly Target[]): void {
  const files = targets.reduce((sum, { output }) => sum + (output.hash?.nfiles ?? 0), 0)
  if (files >= WARM_FILES) pool.warm()
}

/** In bytes, as far as the `.dvc` files say: an upper bound of what has to travel. */
function sizeOf(targets: readonly Target[]): number {
  const sizes = targets.map(({ output, inner }) => (inner === undefined ? output.hash?.size : 0))
  return sizes.reduce<number>((all, size) => all + (size ?? 0), 0)
}

function isComplete(repository: DataRepository, target: Target): boolean {
  const { hash } = target.output
  if (!pathExists(objectPath(repository.cache, hash!))) return false
  const refs = refsOf(repository, target)
  return refs.every(presenceOf(repository.cache, refs.length))
}

/** Fetches the listings that the cache lacks: without them nobody knows what else is needed. */
async function fetchListings(
  repository: DataRepository,
  remote: DataRemote,
  targets: readonly Target[],
): Promise<number> {
  const lacking = uniqueRefs(targets.map(({ output }) => output.hash!))
    .filter(({ md5 }) => isDirHash(md5))
    .filter((ref) => !pathExists(objectPath(repository.cache, ref)))
  await remote.fetch(lacking, { signal: repository.signal })
  return lacking.length
}

/** The objects of a target: files, then the listing. */
function refsOf({ cache }: DataRepository, { output, inner }: Target): ObjectRef[] {
  const { md5, kind } = output.hash!
  if (!isDirHash(md5)) return [{ md5, kind }]
  const files = (readListing(cache, { md5, kind }) ?? [])
    .filter(
      ({ relpath }) => inner === undefined || relpath === inner || relpath.startsWith(`${inner}/`),
    )
    .map((entry) => ({ md5: entry.md5, kind }))
  return [...files, { md5, kind }]
}

function uniqueRefs(refs: readonly ObjectRef[]): ObjectRef[] {
  return [...new Map(refs.map((ref) => [refKey(ref), { md5: ref.md5, kind: ref.kind }])).values()]
}

function sum(a: Transferred, b: Transferred): Transferred {
  return { objects: a.objects + b.objects, bytes: a.bytes + b.bytes }
}

/** Shows how far a transfer is; returns the bytes that travelled. */
async function report(
  { progress }: DataRepository,
  label: string,
  objects: number,
  total: number,
  work: (onBytes: (bytes: number) => void) => Promise<void>,
): Promise<number> {
  if (objects === 0) return 0
  const task = progress.start({ label, unit: 'bytes', ...(total > 0 && { total }) })
  let done = 0
  await work((bytes) => {
    done += bytes
    task.update(done, countOf(objects, 'object'))
  })
  task.finish(countOf(objects, 'object'))
  return done
}

/** What an output lacks on its remote. */
export interface CloudStatus {
  /** Relative to the repository, parts separated by `/`. */
  readonly path: string
  readonly file: string
  readonly remote: string
  /** Objects that the cache could push. */
  readonly unpushed: number
  /** Objects that are in neither place. */
  readonly lost: number
}

/** Which objects of the targets their remotes lack. The listings that are only there are fetched. */
export async function cloudStatus(
  repository: DataRepository,
  targets: readonly Target[],
  choice: TransferChoice = {},
): Promise<readonly CloudStatus[]> {
  const own = targets.filter(({ output, file }) => output.push && !file.fromRepository)
  const statuses: CloudStatus[] = []
  for (const [name, group] of byRemote(own, choice)) {
    await withRemote(repository, name, async (remote) => {
      const wholes = uniqueRefs(group.map(({ output }) => output.hash!))
      const known = await remote.existing(wholes, repository)
      const readable = group.filter(({ output }) => known.has(refKey(output.hash!)))
      await fetchListings(repository, remote, readable)
      const refs = uniqueRefs(group.flatMap((target) => refsOf(repository, target)))
      const there = await remote.existing(refs, repository)
      for (const target of group) statuses.push(lackOf(repository, target, remote.name, there))
    })
  }
  return statuses
}

function lackOf(
  repository: DataRepository,
  target: Target,
  remote: string,
  there: ReadonlySet<string>,
): CloudStatus {
  const lacking = uniqueRefs(refsOf(repository, target)).filter((ref) => !there.has(refKey(ref)))
  const unpushed = lacking.filter((ref) => pathExists(objectPath(repository.cache, ref))).length
  const inRoot = (path: string) => relative(repository.root, path).split(sep).join('/')
  const place = { path: inRoot(target.output.absolutePath), file: inRoot(target.file.path) }
  return { ...place, remote, unpushed, lost: lacking.length - unpushed }
}

/** Throws DVC_NOT_PUSHED when a remote lacks something that a `.dvc` file names. */
export function requirePushed(statuses: readonly CloudStatus[]): void {
  const lacking = statuses.filter(({ unpushed, lost }) => unpushed + lost > 0)
  if (lacking.length === 0) return
  const lost = lacking.some((status) => status.lost > 0)
  const names = lacking.map(({ file }) => file)
  throw versioningError(
    'DVC_NOT_PUSHED',
    `The remote lacks data of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}: who gets the file cannot get the data.`,
    {
      hint: lost
        ? 'Some of it is not in the cache either: run `atelier data push` where it was added.'
        : `Run \`atelier data push\`.`,
      data: { outputs: lacking },
    },
  )
}
