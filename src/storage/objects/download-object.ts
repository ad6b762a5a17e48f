import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AtelierError, type Clock, sha256, syncFolder, systemClock } from '../../core/index.ts'
import { type ByteCheck, checkBytes, type KnownChecksums } from './check-bytes.ts'
import type { ObjectStore } from './object-store.ts'
import { beginPart, leavePart, mayLeaveParts, type Part, removeParts } from './part-file.ts'
import { readRanges } from './read-ranges.ts'
import { objectNotFound, wrongChecksum } from './storage-errors.ts'

export interface DownloadOptions {
  /** What the bytes must have, lowercase hex; any of them also spares the question for the object's state. */
  readonly md5?: string | undefined
  readonly sha256?: string | undefined
  readonly size?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called with the bytes that are there already. */
  readonly onProgress?: ((bytes: number) => void) | undefined
  readonly clock?: Clock | undefined
}

/** A download that begins with what an earlier one left may have to begin anew, and again when that one met damage. */
const ATTEMPTS = 3
const PIECE = 1 << 20

/**
 * One object as a file: `path` has it whole, or as before. What an interrupted call fetched lies beside
 * it as a hidden `.part` file, and the next call goes on from there. Throws OBJECT_NOT_FOUND,
 * OBJECT_CHANGED, STORAGE_CHECKSUM and what a store throws.
 */
export async function downloadObject(
  store: ObjectStore,
  key: string,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  const { clock = systemClock } = options
  await mkdir(dirname(path), { recursive: true })
  const wanted = await identify(store, key, options)
  const identity = identityOf(store.url, key, wanted)
  for (let damaged = 0; ; ) {
    const part = await beginPart(path, identity, clock.now())
    try {
      const size = await fetchInto(store, key, part, wanted, options)
      await rename(part.path, path)
      await syncFolder(dirname(path))
      if (mayLeaveParts(part, size)) await removeParts(path, identity, size)
      return
    } catch (error) {
      if (isTaken(error)) continue
      if (!isDamage(error)) {
        await (wanted.resumable ? leavePart(part) : rm(part.path, { force: true }))
        throw error
      }
      // whatever it began with is not to be begun with again
      await removeParts(path, identity, 0)
      if (++damaged === ATTEMPTS) throw error
    }
  }
}

interface Wanted extends KnownChecksums {
  readonly etag: string | undefined
  /** Whether the same bytes can be told from others at the next call. */
  readonly resumable: boolean
}

async function identify(
  store: ObjectStore,
  key: string,
  { md5, sha256: digest, size, signal }: DownloadOptions,
): Promise<Wanted> {
  if (md5 !== undefined || digest !== undefined)
    return { size, md5, sha256: digest, etag: undefined, resumable: true }
  const info = await store.stat(key, { signal })
  if (info === undefined) throw objectNotFound(store.url, key)
  if (size !== undefined && info.size !== size)
    throw wrongChecksum(`'${key}' in ${store.url}`, 'size', String(info.size), String(size))
  const { etag, md5: sum, crc32c } = info
  return { size: info.size, md5: sum, crc32c, etag, resumable: etag !== undefined }
}

/** Of a part's name: of which state of which object it is the beginning. */
function identityOf(url: string, key: string, { resumable, ...wanted }: Wanted): string {
  if (!resumable) return randomBytes(6).toString('hex')
  const { size, md5, sha256: digest, etag } = wanted
  const state = etag === undefined ? [md5, digest] : [size, etag]
  return sha256(JSON.stringify([url, key, ...state])).slice(0, 12)
}

function isDamage(error: unknown): boolean {
  return (
    error instanceof AtelierError &&
    (error.code === 'STORAGE_CHECKSUM' || error.code === 'OBJECT_CHANGED')
  )
}

/** Another call for the same file took the slot of this part, or was done first and removed it. */
function isTaken(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException
  return code === 'ENOENT' && (syscall === 'rename' || syscall === 'open')
}

async function fetchInto(
  store: ObjectStore,
  key: string,
  part: Part,
  wanted: Wanted,
  { signal, onProgress }: DownloadOptions,
): Promise<number> {
  const file = await open(part.path, 'r+')
  try {
    const check = checkBytes(`'${key}' in ${store.url}`, wanted)
    let done = part.resumed ? await hashFile(file, check) : 0
    onProgress?.(done)
    if (wanted.size === undefined || done < wanted.size) {
      const range = { start: done, size: wanted.size, etag: wanted.etag, signal }
      for await (const chunk of readRanges(store, key, range)) {
        await writeAll(file, chunk, done)
        check.update(chunk)
        done += chunk.length
        onProgress?.(done)
      }
    }
    check.finish()
    await file.sync()
    return done
  } finally {
    await file.close()
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

async function hashFile(file: FileHandle, check: ByteCheck): Promise<number> {
  const buffer = Buffer.allocUnsafe(PIECE)
  for (let done = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, PIECE, done)
    if (bytesRead === 0) return done
    check.update(buffer.subarray(0, bytesRead))
    done += bytesRead
  }
}
