import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { ObjectSource } from './object-store.ts'
import { storageError, wrongChecksum } from './storage-errors.ts'

/** Bytes to be written, whose checksum is known before the first of them is sent. */
export interface UploadSource {
  readonly size: number
  /** Of all bytes, lowercase hex. */
  readonly md5: string
  /** The bytes of [start, end), in memory. Throws STORAGE_CHECKSUM when a file became shorter. */
  read(start: number, end: number): Promise<Uint8Array>
  close(): Promise<void>
}

const PIECE = 1 << 20

/** Throws OBJECT_NOT_FOUND when there is no such file, and STORAGE_CHECKSUM when its MD5 is not the one wanted. */
export async function openUploadSource(
  source: ObjectSource,
  md5: string | undefined,
): Promise<UploadSource> {
  const opened = source instanceof Uint8Array ? fromMemory(source) : await fromFile(source.path)
  try {
    const what = source instanceof Uint8Array ? 'What is to be written' : source.path
    if (md5 !== undefined && md5 !== opened.md5) throw wrongChecksum(what, 'MD5', opened.md5, md5)
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}

function fromMemory(bytes: Uint8Array): UploadSource {
  return {
    size: bytes.length,
    md5: createHash('md5').update(bytes).digest('hex'),
    read: async (start, end) => bytes.subarray(start, end),
    close: async () => {},
  }
}

async function fromFile(path: string): Promise<UploadSource> {
  const file = await openLocalFile(path)
  try {
    const hash = createHash('md5')
    let size = 0
    const buffer = Buffer.allocUnsafe(PIECE)
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE, size)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
      size += bytesRead
    }
    const read = (start: number, end: number) => readExactly(file, path, start, end)
    return { size, md5: hash.digest('hex'), read, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
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
    if (bytesRead === 0)
      throw storageError('STORAGE_CHECKSUM', `${path} became shorter while it was written.`, {
        hint: 'Repeat the command when nobody writes to the file.',
      })
    done += bytesRead
  }
  return buffer
}
