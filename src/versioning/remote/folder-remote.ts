import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CopyJob, CopyOutcome } from '../files/file-job.ts'
import { objectsIn, presenceOf } from '../objects/object-folder.ts'
import {
  type HashKind,
  type ObjectRef,
  objectPath,
  objectsFolder,
  refKey,
} from '../objects/object-id.ts'
import type { DataRepository } from '../repository.ts'
import { sizeOfFile, splitWork } from '../work/split-work.ts'
import type { DataRemote, TransferOptions } from './data-remote.ts'
import {
  CACHE_HINT,
  objectsCorrupt,
  objectsMissing,
  PULL_HINT,
  REMOTE_HINT,
} from './transfer-errors.ts'

const KINDS = ['md5', 'md5-dos2unix'] as const

/** A folder as a remote: another cache, to which files are copied by threads. */
export function openFolderRemote(
  repository: DataRepository,
  name: string,
  folder: string,
): DataRemote {
  const { cache } = repository
  const at = `the remote '${name}' (${folder})`
  return {
    name,
    url: folder,
    existing: async (refs) => new Set(refs.filter(presenceOf(folder, refs.length)).map(refKey)),
    async push(refs, options) {
      const { missing, corrupt } = await copyAll(repository, cache, folder, refs, options)
      if (missing.length > 0) throw objectsMissing('the cache', missing, CACHE_HINT)
      if (corrupt.length > 0) throw objectsCorrupt('the cache', corrupt, CACHE_HINT)
    },
    async fetch(refs, options) {
      const { missing, corrupt } = await copyAll(repository, folder, cache, refs, options)
      if (corrupt.length > 0) throw objectsCorrupt(at, corrupt, REMOTE_HINT)
      if (missing.length > 0) throw objectsMissing(at, missing, PULL_HINT)
    },
    async *list() {
      for (const key of objectsIn(folder)) yield refOf(key)
    },
    delete: (ref) => rm(objectPath(folder, ref), { force: true }),
    close: async () => {},
  }
}

function refOf(key: string): ObjectRef {
  const colon = key.indexOf(':')
  return { kind: key.slice(0, colon) as HashKind, md5: key.slice(colon + 1) }
}

interface Copied {
  readonly missing: ObjectRef[]
  readonly corrupt: ObjectRef[]
}

async function copyAll(
  repository: DataRepository,
  from: string,
  to: string,
  refs: readonly ObjectRef[],
  options: TransferOptions = {},
): Promise<Copied> {
  let all: Copied = { missing: [], corrupt: [] }
  for (const kind of KINDS) {
    const own = refs.filter((ref) => ref.kind === kind)
    if (own.length === 0) continue
    // folder by folder: a disk makes many files in one folder quicker than in many
    own.sort((a, b) => (a.md5 < b.md5 ? -1 : 1))
    const { missing, corrupt } = await copySorted(repository, from, to, own, kind, options)
    all = { missing: all.missing.concat(missing), corrupt: all.corrupt.concat(corrupt) }
  }
  return all
}

async function copySorted(
  { pool }: DataRepository,
  from: string,
  to: string,
  refs: readonly ObjectRef[],
  kind: HashKind,
  { signal, onBytes }: TransferOptions,
): Promise<Copied> {
  const size = (at: number) => (refs.length > 4096 ? 0 : sizeOfFile(objectPath(from, refs[at]!)))
  const { ranges, light } = splitWork(refs.length, size, (at) => refs[at]!.md5.slice(0, 2))
  const mark = randomBytes(4).toString('hex')
  const places = { from: objectsFolder(from, kind), to: objectsFolder(to, kind) }
  const jobs = ranges.map(
    ([start, end]): CopyJob => ({
      ...{ kind: 'copy', hash: kind, mark, ...places },
      md5: refs.slice(start, end).map(({ md5 }) => md5),
    }),
  )
  await mkdir(places.to, { recursive: true })
  const outcomes = await pool
    .run(jobs, { signal, light, ...(onBytes && { onBytes }) })
    .then((results) => results.flatMap((result) => result.outcomes))
    .catch(async (error: unknown) => {
      await removeUnfinished(places.to, mark)
      throw error
    })
  const having = (outcome: CopyOutcome) => refs.filter((_, at) => outcomes[at] === outcome)
  return { missing: having('missing'), corrupt: having('corrupt') }
}

/** Folders that a thread filled when it was stopped. */
async function removeUnfinished(folder: string, mark: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => one.includes(`.${mark}`)))
    await rm(join(folder, name), { recursive: true, force: true })
}
