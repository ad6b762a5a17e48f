import { statSync } from 'node:fs'
import type {
  CheckoutJob,
  CheckoutOutcome,
  CheckoutResult,
  CopyJob,
  CopyOutcome,
  CopyResult,
  FileJob,
  FileJobs,
  HashJob,
  HashResult,
  OnBytes,
  StatJob,
  StatResult,
  VerifyJob,
  VerifyOutcome,
  VerifyResult,
} from './file-job.ts'
import {
  clearSignature,
  createSignatures,
  putSignature,
  sameSignature,
  signatureOf,
} from './file-signature.ts'
import {
  createReadTools,
  isKept,
  isSound,
  keepLarge,
  OBJECT_MODE,
  objectFile,
  type ReadTools,
  readContent,
  readHashed,
  readSmall,
  statOrNothing,
  unlessAbsent,
  writeObject,
} from './object-file.ts'
import { createObjectWriter } from './object-writer.ts'
import { createPlacer } from './place-object.ts'

/** A file's time has steps of some milliseconds: a change within the same step does not show in it. */
const SETTLED_MS = 50

type Runners = {
  readonly [K in keyof FileJobs]: (
    job: FileJobs[K]['job'],
    tools: ReadTools,
  ) => FileJobs[K]['result']
}

const runners: Runners = {
  stat: statFiles,
  hash: hashFiles,
  copy: copyObjects,
  checkout: checkOutFiles,
  verify: verifyObjects,
}

/** Does a job at once. What fails is thrown with `path` and, from the system, `code`. */
export function runFileJob(job: FileJob, onBytes: OnBytes): FileJobs[keyof FileJobs]['result'] {
  // the table pairs each job with its own function, which TypeScript cannot follow
  const run = runners[job.kind] as (
    job: FileJob,
    tools: ReadTools,
  ) => FileJobs[keyof FileJobs]['result']
  return run(job, createReadTools(onBytes))
}

function statFiles({ base, names }: StatJob): StatResult {
  const signatures = createSignatures(names.length)
  names.forEach((name, at) => {
    const stats = statSync(`${base}${name}`, { throwIfNoEntry: false })
    if (stats === undefined) clearSignature(signatures, at)
    else putSignature(signatures, at, signatureOf(stats))
  })
  return { signatures }
}

function hashFiles({ base, names, hash, store }: HashJob, tools: ReadTools): HashResult {
  const md5: string[] = []
  const signatures = createSignatures(names.length)
  let bytes = 0
  names.forEach((name, at) => {
    const path = `${base}${name}`
    const now = Date.now()
    const {
      md5: sum,
      before,
      after,
    } = store === undefined ? readHashed(path, hash, tools) : hashAndKeep(path, hash, store, tools)
    const signature = signatureOf(after)
    const settled = Math.max(signature.mtime, signature.ctime) < now - SETTLED_MS
    if (settled && sameSignature(signatureOf(before), signature))
      putSignature(signatures, at, signature)
    else clearSignature(signatures, at)
    md5.push(sum)
    bytes += after.size
  })
  return { md5, signatures, bytes }
}

function hashAndKeep(path: string, hash: HashJob['hash'], store: string, tools: ReadTools) {
  const read = readSmall(path, hash, tools)
  if (read?.bytes === undefined) return keepLarge(path, store, hash, tools)
  if (!isKept(store, read.md5, hash, tools))
    writeObject(objectFile(store, read.md5), read.bytes, tools)
  return read
}

function copyObjects({ from, to, mark, md5, hash }: CopyJob, tools: ReadTools): CopyResult {
  let bytes = 0
  const writer = createObjectWriter(to, mark, tools)
  const copy = (name: string): CopyOutcome => {
    const source = objectFile(from, name)
    const kind = name.endsWith('.dir') ? 'md5' : hash
    const read = unlessAbsent(() => readContent(source, kind, tools))
    if (read === 'absent') return 'missing'
    if (read?.bytes !== undefined && name.startsWith(read.md5)) {
      bytes += read.bytes.length
      writer.write(name, read.bytes)
      return 'copied'
    }
    const kept = keepLarge(source, to, kind, tools, name)
    bytes += kept.after.size
    return name.startsWith(kept.md5) ? 'copied' : 'corrupt'
  }
  try {
    const outcomes = md5.map(copy)
    writer.finish()
    return { outcomes, bytes }
  } finally {
    writer.close()
  }
}

function verifyObjects({ objects, md5, hash }: VerifyJob, tools: ReadTools): VerifyResult {
  let bytes = 0
  const outcomes = md5.map((name): VerifyOutcome => {
    const path = objectFile(objects, name)
    const found = statOrNothing(path)
    if (found === undefined) return 'missing'
    bytes += found.size
    if (!isSound(path, name, hash, tools)) return 'corrupt'
    return (found.mode & 0o777) === OBJECT_MODE ? 'sound' : 'mode'
  })
  return { outcomes, bytes }
}

function checkOutFiles(job: CheckoutJob, tools: ReadTools): CheckoutResult {
  const { base, names } = job
  const place = createPlacer(job, tools)
  const signatures = createSignatures(names.length)
  let bytes = 0
  const outcomes = names.map((name, at): CheckoutOutcome => {
    const path = `${base}${name}`
    const outcome = place(job.md5[at]!, path)
    if (outcome === 'placed') {
      const placed = statSync(path)
      putSignature(signatures, at, signatureOf(placed))
      bytes += placed.size
    } else clearSignature(signatures, at)
    return outcome
  })
  return { outcomes, signatures, bytes }
}
