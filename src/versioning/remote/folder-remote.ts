import { rm } from 'node:fs/promises'
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

async function copyAll(
  { pool }: DataRepository,
  from: string,
  to: string,
  refs: readonly ObjectRef[],
  { signal, onBytes }: TransferOptions = {},
): Promise<{ readonly missing: ObjectRef[]; readonly corrupt: ObjectRef[] }> {
  const having = (outcome: CopyOutcome, all: readonly { ref: ObjectRef; outcome: CopyOutcome }[]) =>
    all.filter((one) => one.outcome === outcome).map(({ ref }) => ref)
  const done: { ref: ObjectRef; outcome: CopyOutcome }[] = []
  for (const kind of KINDS) {
    const own = refs.filter((ref) => ref.kind === kind)
    const size = (at: number) => (own.length > 4096 ? 0 : sizeOfFile(objectPath(from, own[at]!)))
    const { ranges, light } = splitWork(own.length, size)
    const places = { from: objectsFolder(from, kind), to: objectsFolder(to, kind) }
    const jobs = ranges.map(
      ([start, end]): CopyJob => ({
        ...{ kind: 'copy', hash: kind, ...places },
        md5: own.slice(start, end).map(({ md5 }) => md5),
      }),
    )
    const results = await pool.run(jobs, { signal, light, ...(onBytes && { onBytes }) })
    results.forEach(({ outcomes }, job) => {
      for (const [i, outcome] of outcomes.entries())
        done.push({ ref: own[ranges[job]![0] + i]!, outcome })
    })
  }
  return { missing: having('missing', done), corrupt: having('corrupt', done) }
}
