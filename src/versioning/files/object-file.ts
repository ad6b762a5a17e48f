/** Reading and writing single objects, at once: these functions run in threads of their own. */
import { createHash, hash as hashOnce, randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { createDosToUnixHash } from '../objects/dos-to-unix.ts'
import type { HashKind } from '../objects/object-id.ts'
import type { OnBytes } from './file-job.ts'

/** DVC takes an object of this mode for checked, and looks into any other. */
export const OBJECT_MODE = 0o444
const PIECE = 1 << 20

/** What files are read with: a new buffer for each file would take longer than a small file. */
export interface ReadTools {
  readonly buffer: Buffer
  readonly onBytes: OnBytes
  /** Whether new files need their mode set, as the umask takes some of it away. */
  readonly setsMode: boolean
  /** Twelve hex digits, never the same twice. */
  readonly unique: () => string
}

export function createReadTools(onBytes: OnBytes): ReadTools {
  const start = randomBytes(4).toString('hex')
  let count = 0
  return {
    buffer: Buffer.allocUnsafeSlow(PIECE),
    onBytes,
    setsMode: (process.umask() & OBJECT_MODE) !== 0,
    unique: () => `${start}${(count++ % 0x10000).toString(16).padStart(4, '0')}`,
  }
}

export interface ReadFile {
  readonly md5: string
  /** All bytes, when they fit the buffer; valid until the next file is read. */
  readonly bytes: Uint8Array | undefined
  readonly before: Stats
  readonly after: Stats
}

/** Reads a file that is not large; undefined for one that is. */
export function readSmall(
  path: string,
  hash: HashKind,
  { buffer, onBytes }: ReadTools,
): ReadFile | undefined {
  const file = openSync(path, 'r')
  try {
    const before = fstatSync(file)
    if (before.size >= buffer.length) return undefined
    const read = readSync(file, buffer, 0, buffer.length, 0)
    if (read !== before.size) return undefined
    onBytes(read)
    const bytes = buffer.subarray(0, read)
    return { md5: digest(bytes, hash), bytes, before, after: fstatSync(file) }
  } finally {
    closeSync(file)
  }
}

/** A small file's MD5 and bytes without a look at what else the system knows of it; undefined for a large one. */
export function readContent(
  path: string,
  hash: HashKind,
  { buffer, onBytes }: ReadTools,
): Pick<ReadFile, 'md5' | 'bytes'> | undefined {
  const file = openSync(path, 'r')
  try {
    const read = readSync(file, buffer, 0, buffer.length, 0)
    if (read === buffer.length) return undefined
    onBytes(read)
    const bytes = buffer.subarray(0, read)
    return { md5: digest(bytes, hash), bytes }
  } finally {
    closeSync(file)
  }
}

/** The work's result, or that a file it needs is not there. */
export function unlessAbsent<T>(work: () => T): T | 'absent' {
  try {
    return work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    throw error
  }
}

/** Reads a whole file for its MD5. `copyTo`: a file that gets what is read, when that is much. */
export function readHashed(
  path: string,
  hash: HashKind,
  { buffer, onBytes }: ReadTools,
  copyTo?: () => number,
): ReadFile {
  const file = openSync(path, 'r')
  try {
    const before = fstatSync(file)
    let read = readSync(file, buffer, 0, buffer.length, 0)
    if (read < buffer.length && read === before.size) {
      const bytes = buffer.subarray(0, read)
      onBytes(read)
      return { md5: digest(bytes, hash), bytes, before, after: fstatSync(file) }
    }
    const sum = hasherOf(hash)
    const copy = copyTo?.()
    for (let at = 0; read > 0; read = readSync(file, buffer, 0, buffer.length, at)) {
      const bytes = buffer.subarray(0, read)
      sum.update(bytes)
      if (copy !== undefined) writeAll(copy, bytes)
      onBytes(read)
      at += read
    }
    return { md5: sum.digest('hex'), bytes: undefined, before, after: fstatSync(file) }
  } finally {
    closeSync(file)
  }
}

function digest(bytes: Uint8Array, hash: HashKind): string {
  if (hash === 'md5') return hashOnce('md5', bytes)
  const sum = createDosToUnixHash()
  sum.update(bytes)
  return sum.digest('hex')
}

function hasherOf(hash: HashKind): ReturnType<typeof createDosToUnixHash> {
  return hash === 'md5' ? createHash('md5') : createDosToUnixHash()
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
}

/** Where an object lies below the folder of the two-digit folders. */
export function objectFile(objects: string, md5: string): string {
  return `${objects}/${md5.slice(0, 2)}/${md5.slice(2)}`
}

/** A name that stores of objects take for a file that is being written. */
export function temporaryBeside(path: string, { unique }: ReadTools): string {
  const slash = path.lastIndexOf('/') + 1
  return `${path.slice(0, slash)}.${path.slice(slash)}.${unique()}.tmp`
}

export function statOrNothing(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

/** Opens a new file; its folder is made when it is missing. */
function createFile(path: string, mode: number): number {
  try {
    return openSync(path, 'wx', mode)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(path), { recursive: true })
    return openSync(path, 'wx', mode)
  }
}

/** Writes a new file, step by step: for a name under which nobody looks for it yet. */
export function writeNewFile(
  path: string,
  bytes: Uint8Array,
  mode: number,
  { setsMode }: ReadTools,
): void {
  const file = createFile(path, mode)
  try {
    writeAll(file, bytes)
    if (setsMode) fchmodSync(file, mode)
  } finally {
    closeSync(file)
  }
}

/** Writes an object so that it is there whole or not at all, however this ends. */
export function writeObject(path: string, bytes: Uint8Array, tools: ReadTools): void {
  const temporary = temporaryBeside(path, tools)
  try {
    writeNewFile(temporary, bytes, OBJECT_MODE, tools)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

export interface LargeObject {
  readonly md5: string
  readonly before: Stats
  readonly after: Stats
}

/**
 * Keeps a large file as an object named by what was read: in one pass, or as a copy that shares its blocks
 * where the file system makes one. `wanted`: another MD5 keeps nothing.
 */
export function keepLarge(
  path: string,
  objects: string,
  hash: HashKind,
  tools: ReadTools,
  wanted?: string,
): LargeObject {
  const temporary = temporaryBeside(`${objects}/large`, tools)
  mkdirSync(objects, { recursive: true })
  const written: { file?: number } = {}
  const begin = () => {
    written.file = createFile(temporary, OBJECT_MODE)
    return written.file
  }
  try {
    const read = cloned(path, temporary)
      ? { ...readHashed(temporary, hash, tools), ...stats(path) }
      : readHashed(path, hash, tools, begin)
    const { md5, before, after, bytes } = read
    // it became small while it was looked at
    if (bytes !== undefined && statOrNothing(temporary) === undefined) writeAll(begin(), bytes)
    if (wanted === undefined || wanted.startsWith(md5))
      place(temporary, objectFile(objects, wanted ?? md5), written.file)
    return { md5, before, after }
  } finally {
    if (written.file !== undefined) closeSync(written.file)
    rmSync(temporary, { force: true })
  }
}

function stats(path: string) {
  const now = statOrNothing(path)!
  return { before: now, after: now }
}

function place(temporary: string, path: string, copy: number | undefined): void {
  // a large object costs more to make again than to wait for
  if (copy !== undefined) fsyncSync(copy)
  chmodSync(temporary, OBJECT_MODE)
  mkdirSync(dirname(path), { recursive: true })
  renameSync(temporary, path)
}

function cloned(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL)
    return true
  } catch {
    // not every file system can; what else is wrong shows when the file is read
    rmSync(to, { force: true })
    return false
  }
}

/** Whether the object is there and may be trusted; one that is not is compared with its name. */
export function isKept(objects: string, md5: string, hash: HashKind, tools: ReadTools): boolean {
  const path = objectFile(objects, md5)
  // quicker than what tells more
  if (!existsSync(path)) return false
  const found = lstatSync(path)
  if ((found.mode & 0o777) === OBJECT_MODE) return true
  if (!isSound(path, md5, hash, tools)) return false
  chmodSync(path, OBJECT_MODE)
  return true
}

export function isSound(path: string, md5: string, hash: HashKind, tools: ReadTools): boolean {
  // a listing is always hashed as it is
  const kind = md5.endsWith('.dir') ? 'md5' : hash
  return md5.startsWith(readHashed(path, kind, tools).md5)
}
