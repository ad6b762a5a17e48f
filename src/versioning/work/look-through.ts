import { statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { StatJob } from '../files/file-job.ts'
import {
  copySignature,
  createSignatures,
  putSignature,
  type SignatureRow,
  signatureOf,
  sizeAt,
} from '../files/file-signature.ts'
import type { DataRepository } from '../repository.ts'

const STATS_ALONE = 10_000

/**
 * The files in a folder with what tells whether they changed. While this thread looks for names, others ask for the state
 * of the files that were there last time. Throws what the system says of a file that goes meanwhile.
 */
export async function lookThrough(
  repository: Pick<DataRepository, 'pool' | 'signal'>,
  path: string,
  before: readonly string[],
  findNames: () => string[],
): Promise<{ readonly names: readonly string[]; readonly signatures: SignatureRow }> {
  const known =
    before.length < STATS_ALONE
      ? undefined
      : statFiles(repository, path, before, repository.pool.threads).catch(() => undefined)
  let names: string[]
  try {
    names = findNames()
  } catch (error) {
    // threads that still work could not be ended
    await known
    throw error
  }
  const signatures = createSignatures(names.length)
  const open = takeKnown(names, signatures, before, await known)
  const rest = open.map((at) => names[at]!)
  const found = await statFiles(repository, path, rest, repository.pool.threads * 4)
  open.forEach((at, i) => {
    copySignature(found, i, signatures, at)
    // what is not there any more is told by what this throws
    if (Number.isNaN(sizeAt(signatures, at)))
      putSignature(signatures, at, signatureOf(statSync(join(path, names[at]!))))
  })
  return { names, signatures }
}

/** Fills in what is known; gives the places of the others. */
function takeKnown(
  names: readonly string[],
  signatures: SignatureRow,
  before: readonly string[],
  known: SignatureRow | undefined,
): number[] {
  if (known === undefined) return [...names.keys()]
  let lookup: Map<string, number> | undefined
  const open: number[] = []
  for (let at = 0; at < names.length; at++) {
    let place: number | undefined = at
    if (before[at] !== names[at]) {
      lookup ??= new Map(before.map((name, i) => [name, i]))
      place = lookup.get(names[at]!)
    }
    if (place === undefined || Number.isNaN(sizeAt(known, place))) open.push(at)
    else copySignature(known, place, signatures, at)
  }
  return open
}

/** What tells whether files changed. A thread takes longer to start than some thousand questions to the system. */
async function statFiles(
  { pool, signal }: Pick<DataRepository, 'pool' | 'signal'>,
  path: string,
  names: readonly string[],
  parts: number,
): Promise<SignatureRow> {
  const size = Math.ceil(names.length / parts) || 1
  const jobs: StatJob[] = []
  for (let start = 0; start < names.length; start += size)
    jobs.push({ kind: 'stat', base: `${path}${sep}`, names: names.slice(start, start + size) })
  const results = await pool.run(jobs, { signal, light: names.length < STATS_ALONE })
  const signatures = createSignatures(names.length)
  let at = 0
  for (const result of results) {
    signatures.set(result.signatures, at)
    at += result.signatures.length
  }
  return signatures
}
