import { randomBytes } from 'node:crypto'
import { lstatSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { CheckoutJob } from '../files/file-job.ts'
import { copySignature, createSignatures, type SignatureRow } from '../files/file-signature.ts'
import type { ListingEntry } from '../objects/dir-listing.ts'
import { objectPath, objectsFolder } from '../objects/object-id.ts'
import type { DataHash } from '../pointer/dvc-file.ts'
import { type DataRepository, pathExists } from '../repository.ts'
import { countOf, versioningError } from '../versioning-error.ts'
import { splitWork } from './split-work.ts'

/** What is to come to a path: all its files, and those of them that have to be placed. */
export interface Placement {
  readonly isFolder: boolean
  readonly wanted: readonly ListingEntry[]
  readonly place: readonly ListingEntry[]
}

const STAGING = 'staging-'

/**
 * Places files from the cache; a folder that is not there yet is made apart and appears as a whole. Gives the files'
 * signatures; undefined when something else came to the path meanwhile.
 */
export async function placeFiles(
  repository: DataRepository,
  path: string,
  hash: DataHash,
  plan: Placement,
): Promise<SignatureRow | undefined> {
  const staging = await makeStaging(repository)
  try {
    const apart = plan.isFolder && canMakeApart(staging, path)
    const place = apart ? join(staging, 'new') : path
    makeFolders(place, plan)
    const signatures = await runJobs(repository, path, hash, plan, {
      path: place,
      staging: apart ? undefined : staging,
    })
    return !apart || moveFolder(place, path) ? signatures : undefined
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

/** The repository is locked: what is left of others belongs to nobody. */
async function makeStaging({ scratch }: DataRepository): Promise<string> {
  const names = await readdir(scratch).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(STAGING)))
    await rm(join(scratch, name), { recursive: true, force: true })
  const staging = join(scratch, `${STAGING}${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(staging, { recursive: true })
  return staging
}

/** Nothing is there, not even a link into nothing, and one rename will do. */
function canMakeApart(staging: string, path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return false
  mkdirSync(dirname(path), { recursive: true })
  return statSync(dirname(path)).dev === statSync(staging).dev
}

function moveFolder(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch (error) {
    if (!pathExists(to)) throw error
    return false
  }
}

async function runJobs(
  repository: DataRepository,
  path: string,
  hash: DataHash,
  plan: Placement,
  target: { readonly path: string; readonly staging: string | undefined },
): Promise<SignatureRow> {
  const { pool, progress, signal } = repository
  const { jobs, ranges, light } = checkoutJobs(repository, hash, plan, target)
  const task = light
    ? undefined
    : progress.start({ label: 'Checkout', total: plan.place.length, unit: 'files' })
  let done = 0
  const results = await pool.run(jobs, {
    ...{ signal, light, onBytes: () => {} },
    onJob: (at) => {
      done += ranges[at]![1] - ranges[at]![0]
      task?.update(done, path)
    },
  })
  task?.finish()
  const problem = results
    .flatMap(({ outcomes }) => outcomes)
    .find((outcome) => outcome !== 'placed')
  if (problem !== undefined) throw placeProblem(path, problem)
  const signatures = createSignatures(plan.place.length)
  results.forEach((result, job) => {
    for (let i = 0; i < result.outcomes.length; i++)
      copySignature(result.signatures, i, signatures, ranges[job]![0] + i)
  })
  return signatures
}

function checkoutJobs(
  { cache, links }: DataRepository,
  { kind, isexec }: DataHash,
  { isFolder, place }: Placement,
  { path, staging }: { readonly path: string; readonly staging: string | undefined },
) {
  const objects = objectsFolder(cache, kind)
  const sizeOf = (at: number) =>
    place.length > 4096 ? 0 : statSync(objectPath(cache, { md5: place[at]!.md5, kind })).size
  const { ranges, light } = splitWork(place.length, sizeOf)
  const mode = (isexec ? 0o777 : 0o666) & ~process.umask()
  const jobs = ranges.map(
    ([start, end]): CheckoutJob => ({
      ...{ kind: 'checkout', objects, hash: kind, links, staging, mode },
      md5: place.slice(start, end).map(({ md5 }) => md5),
      base: isFolder ? `${path}${sep}` : path,
      names: place.slice(start, end).map(({ relpath }) => relpath),
    }),
  )
  return { jobs, ranges, light }
}

function makeFolders(path: string, { isFolder, place, wanted }: Placement): void {
  mkdirSync(isFolder ? path : dirname(path), { recursive: true })
  if (wanted.length === 0) return
  const folders = new Set(
    place.map(({ relpath }) => relpath.slice(0, relpath.lastIndexOf('/') + 1)),
  )
  for (const folder of folders)
    if (folder !== '') mkdirSync(join(path, folder), { recursive: true })
}

function placeProblem(path: string, problem: string) {
  if (problem === 'no link') {
    return versioningError(
      'DVC_CONFIG',
      `No link of the types in cache.type can be made to ${path}.`,
      {
        hint: 'Add `copy` to cache.type: `atelier data config cache.type reflink,copy`.',
      },
    )
  }
  if (problem === 'missing') return missingObjects(path, 1)
  return versioningError('DVC_OBJECT_CORRUPT', `The cache holds a damaged object of '${path}'.`, {
    hint: 'Run `atelier data doctor --repair`, then `atelier data pull`.',
    data: { path },
  })
}

export function missingObjects(path: string, count: number) {
  return versioningError(
    'DVC_OBJECT_MISSING',
    `${countOf(count, 'object')} of '${path}' ${count === 1 ? 'is' : 'are'} not in the cache.`,
    {
      hint: 'Run `atelier data pull`; where the data was added, `atelier data push`.',
      data: { path, count },
    },
  )
}
