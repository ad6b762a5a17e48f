import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  linkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import type { LinkType } from '../config/check-settings.ts'
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
  createFile,
  createReadTools,
  isKept,
  isLarge,
  isSound,
  keepLarge,
  OBJECT_MODE,
  objectFile,
  type ReadTools,
  readHashed,
  readSmall,
  statOrNothing,
  temporaryBeside,
  writeAll,
  writeObject,
} from './object-file.ts'

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
    putSignature(signatures, at, signatureOf(statSync(`${base}${name}`)))
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

function copyObjects({ from, to, md5, hash }: CopyJob, tools: ReadTools): CopyResult {
  let bytes = 0
  const outcomes = md5.map((name): CopyOutcome => {
    const source = objectFile(from, name)
    if (!existsSync(source)) return 'missing'
    if (isKept(to, name, hash, tools)) return 'there'
    const kind = name.endsWith('.dir') ? 'md5' : hash
    const read = readSmall(source, kind, tools)
    if (read?.bytes === undefined) {
      const kept = keepLarge(source, to, kind, tools, name)
      bytes += kept.after.size
      return name.startsWith(kept.md5) ? 'copied' : 'corrupt'
    }
    bytes += read.after.size
    if (!name.startsWith(read.md5)) return 'corrupt'
    writeObject(objectFile(to, name), read.bytes, tools)
    return 'copied'
  })
  return { outcomes, bytes }
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
  const { objects, md5, hash, base, names } = job
  const signatures = createSignatures(names.length)
  let bytes = 0
  const outcomes = names.map((name, at): CheckoutOutcome => {
    const object = objectFile(objects, md5[at]!)
    const found = statOrNothing(object)
    clearSignature(signatures, at)
    if (found === undefined) return 'missing'
    if ((found.mode & 0o777) !== OBJECT_MODE && !isKept(objects, md5[at]!, hash, tools))
      return 'corrupt'
    const path = `${base}${name}`
    if (!placeFile(job, object, found.size, path, tools)) return 'no link'
    putSignature(signatures, at, signatureOf(statSync(path)))
    bytes += found.size
    return 'placed'
  })
  return { outcomes, signatures, bytes }
}

/** False when no link of the wanted types can be made here. */
function placeFile(
  job: CheckoutJob,
  object: string,
  size: number,
  path: string,
  tools: ReadTools,
): boolean {
  // an object has a limited number of names, and empty files are many
  const links: readonly LinkType[] = size === 0 ? ['copy'] : job.links
  const temporary = `${job.staging}/${tools.unique()}`
  for (const link of links) {
    try {
      makers[link]({ object, size, path: temporary, mode: job.mode, tools })
      moveInto(temporary, path, tools)
      // two names of one file make a rename do nothing
      if (link === 'hardlink') rmSync(temporary, { force: true })
      return true
    } catch (error) {
      rmSync(temporary, { force: true })
      const { code = '' } = error as NodeJS.ErrnoException
      if (link === 'copy' || !CANNOT_LINK.test(code)) throw error
    }
  }
  return false
}

const CANNOT_LINK = /^(?:EXDEV|EPERM|EMLINK|ENOSYS|ENOTSUP|EOPNOTSUPP|ENOTTY|EINVAL|ENOSPC)$/

interface Placing {
  readonly object: string
  readonly size: number
  readonly path: string
  readonly mode: number
  readonly tools: ReadTools
}

type Maker = (placing: Placing) => void

const makers: Readonly<Record<LinkType, Maker>> = {
  reflink({ object, path, mode }) {
    copyFileSync(object, path, constants.COPYFILE_FICLONE_FORCE)
    chmodSync(path, mode)
  },
  copy: copyObject,
  hardlink: ({ object, path }) => linkSync(object, path),
  symlink: ({ object, path }) => symlinkSync(object, path),
}

function copyObject({ object, size, path, mode, tools }: Placing): void {
  if (isLarge(size)) {
    copyFileSync(object, path)
    chmodSync(path, mode)
    return
  }
  const file = createFile(path, mode)
  try {
    const { bytes } = readHashed(object, 'md5', tools, () => file)
    if (bytes !== undefined) writeAll(file, bytes)
    if (tools.setsMode) fchmodSync(file, mode)
  } finally {
    closeSync(file)
  }
}

/** Across disks a rename is not possible: there the file is written beside its place first. */
function moveInto(temporary: string, path: string, tools: ReadTools): void {
  try {
    renameSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    const beside = temporaryBeside(path, tools)
    copyFileSync(temporary, beside)
    renameSync(beside, path)
    rmSync(temporary, { force: true })
  }
}
