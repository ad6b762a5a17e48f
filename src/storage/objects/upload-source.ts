import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { ObjectSource } from './object-store.ts'
import { storageError, wrongChecksum } from './storage-errors.ts'

/** Bytes to be written, whose checksums are known before the first of them is sent. */
export interface UploadSource {
  readonly size: number
  /** Of all bytes, lowercase hex. */
  readonly md5: string
  /** What the bytes are cut into: all have this length but the last. */
  readonly partBytes: number
  /** The MD5 of each part. */
  readonly parts: readonly string[]
  /** The bytes of [start, end), in memory. Throws STORAGE_CHECKSUM when a file became shorter. */
  read(start: number, end: number): Promise<Uint8Array>
  /** Whether reading all again gives the same bytes. */
  isUnchanged(): Promise<boolean>
  close(): Promise<void>
}

const PIECE = 1 << 20
/** S3 takes no more of one object. */
const MAX_PARTS = 10_000

/** Throws OBJECT_NOT_FOUND when there is no such file, and STORAGE_CHECKSUM when its MD5 is not the one wanted. */
export async function openUploadSource(
  source: ObjectSource,
  md5: string | undefined,
  partBytes: number,
): Promise<UploadSource> {
  const { size, read, close } =
    source instanceof Uint8Array ? fromMemory(source) : await fromFile(source.path)
  try {
    const fitting = Math.max(partBytes, Math.ceil(size / MAX_PARTS))
    const sums = await checksums(read, size, fitting)
    if (md5 !== undefined && md5 !== sums.md5) {
      const what = source instanceof Uint8Array ? 'What is to be written' : source.path
      throw wrongChecksum(what, 'MD5', sums.md5, md5)
    }
    const isUnchanged = () =>
      checksums(read, size, fitting).then(
        (now) => now.md5 === sums.md5,
        () => false,
      )
    return { size, ...sums, partBytes: fitting, read, isUnchanged, close }
  } catch (error) {
    await close()
    throw error
  }
}

type Bytes = Pick<UploadSource, 'size' | 'read' | 'close'>

async function checksums(read: UploadSource['read'], size: number, partBytes: number) {
  const all = createHash('md5')
  const parts: string[] = []
  for (let start = 0; start < size; start += partBytes) {
    const part = createHash('md5')
    const end = Math.min(start + partBytes, size)
    for (let at = start; at < end; at += PIECE) {
      const piece = await read(at, Math.min(at + PIECE, end))
      all.update(piece)
      if (size > partBytes) part.update(piece)
    }
    if (size > partBytes) parts.push(part.digest('hex'))
  }
  const md5 = all.digest('hex')
  return { md5, parts: parts.length === 0 ? [md5] : parts }
}

function fromMemory(bytes: Uint8Array): Bytes {
  return {
    size: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
    close: async () => {},
  }
}

async function fromFile(path: string): Promise<Bytes> {
  const file = await openLocalFile(path)
  const { size } = await file.stat()
  return {
    size,
    read: (start, end) => readExactly(file, path, start, end),
    close: () => file.close(),
  }
}

/** Opens a file to read it. Throws OBJECT_NOT_FOUND. */
export async function openLocalFile(path: string): Promise<FileHandle> {
  try {
    const file = await open(path, 'r')
    if ((await file.stat()).isFile()) return file
    await file.close()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  throw storageError('OBJECT_NOT_FOUND', `There is no file '${path}' to be written.`, {
    hint: 'Check the path.',
  })
}

async function readExactly(
  file: FileHandle,
  path: string,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(end - start)
  for (let done = 0; done < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, start + done)
    if (bytesRead === 0) {
      throw storageError('STORAGE_CHECKSUM', `${path} became shorter while it was written.`, {
        hint: 'Repeat the command when nobody writes to the file.',
      })
    }
    done += bytesRead
  }
  return buffer
}
