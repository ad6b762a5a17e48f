import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, realpath, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { replaceFile } from '../../core/index.ts'
import { fileFault } from './file-fault.ts'
import { fileInfo, isInside, isUnfinished, listFolder } from './list-folder.ts'
import { checkKey, checkPrefix } from './object-key.ts'
import type {
  ObjectInfo,
  ObjectSource,
  ObjectStore,
  ReadOptions,
  WriteOptions,
} from './object-store.ts'
import {
  objectChanged,
  objectExists,
  objectNotFound,
  storageError,
  wrongChecksum,
} from './storage-errors.ts'
import { openLocalFile } from './upload-source.ts'

const PIECE = 1 << 20
const NOT_THERE = /^(?:ENOENT|ENOTDIR|ENAMETOOLONG)$/

/**
 * A folder as a store; it is made by the first write. Symbolic links are followed only to what lies in
 * the folder. On Windows, keys that are no file names there are refused.
 */
export function openFileStore(root: string): ObjectStore {
  const guard = async <T>(key: string, work: (key: string) => Promise<T>) => {
    try {
      return await work(fileKey(key))
    } catch (error) {
      throw fileFault(error, root, key)
    }
  }
  return {
    url: root,
    stat: (key) =>
      guard(key, async () => {
        const path = await findInside(root, key)
        return path === undefined ? undefined : fileInfo(key, path)
      }),
    read: (key, options = {}) => guard(key, () => readFrom(root, key, options)),
    write: (key, source, options = {}) => guard(key, () => writeTo(root, key, source, options)),
    list: (prefix, { signal } = {}) => listFolder(root, checkPrefix(prefix), signal),
    delete: (key) => guard(key, () => deleteFrom(root, key)),
    close: async () => {},
  }
}

function fileKey(key: string): string {
  checkKey(key)
  const problem = key.split('/').some(isUnfinished)
    ? 'is the name of a file that is being written'
    : process.platform === 'win32' && /[:*?"<>|]|[. ](?:\/|$)/.test(key)
      ? 'is no file name on Windows'
      : undefined
  if (problem === undefined) return key
  throw storageError('STORAGE_INVALID_URL', `The key '${key}' ${problem}.`, {
    hint: 'Take another name.',
  })
}

/** The path without links of what has that key, be it a file or a folder. */
async function findInside(root: string, key: string): Promise<string | undefined> {
  const path = await realPath(join(root, key))
  if (path !== undefined) await checkInside(root, path, key)
  return path
}

async function realPath(path: string): Promise<string | undefined> {
  return realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (NOT_THERE.test(error.code ?? '')) return undefined
    throw error
  })
}

async function checkInside(root: string, path: string, key: string): Promise<void> {
  if (isInside(await realpath(root), path)) return
  throw storageError('STORAGE_DENIED', `'${key}' in ${root} is a link to something outside.`, {
    hint: 'Put the file itself there, or name the folder that it is in.',
  })
}

async function readFrom(
  root: string,
  key: string,
  { start = 0, end, etag, signal }: ReadOptions,
): Promise<AsyncIterable<Uint8Array>> {
  const path = await findInside(root, key)
  const info = path === undefined ? undefined : await fileInfo(key, path)
  if (path === undefined || info === undefined) throw objectNotFound(root, key)
  if (etag !== undefined && info.etag !== etag) throw objectChanged(root, key)
  // the path has no links left; one that takes its place now is not followed
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  return piecesOf(file, start, Math.min(end ?? info.size, info.size), signal)
}

async function* piecesOf(
  file: FileHandle,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for (let at = start; at < end; ) {
      signal?.throwIfAborted()
      const buffer = Buffer.allocUnsafe(Math.min(PIECE, end - at))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
      if (bytesRead === 0) return
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

async function writeTo(
  root: string,
  key: string,
  source: ObjectSource,
  { md5, ifAbsent = false, signal, onProgress }: WriteOptions,
): Promise<ObjectInfo> {
  signal?.throwIfAborted()
  await makeParent(root, key)
  const path = join(root, key)
  let got = ''
  const write = async (file: FileHandle) => {
    got = await copyInto(file, source, signal, onProgress)
    if (md5 !== undefined && md5 !== got)
      throw wrongChecksum(`What was to become '${key}'`, 'MD5', got, md5)
  }
  await replaceFile(path, write, { ifAbsent }).catch((error: NodeJS.ErrnoException) => {
    throw ifAbsent && error.code === 'EEXIST' ? objectExists(root, key) : error
  })
  const info = await fileInfo(key, path)
  if (info === undefined) throw objectChanged(root, key)
  return { ...info, md5: got }
}

/** Returns the MD5 of what was copied. */
async function copyInto(
  file: FileHandle,
  source: ObjectSource,
  signal: AbortSignal | undefined,
  onProgress: WriteOptions['onProgress'],
): Promise<string> {
  const pieces =
    source instanceof Uint8Array
      ? [source]
      : piecesOf(await openLocalFile(source.path), 0, Number.POSITIVE_INFINITY, signal)
  const hash = createHash('md5')
  let done = 0
  for await (const piece of pieces) {
    await file.writeFile(piece)
    hash.update(piece)
    done += piece.length
    onProgress?.(done)
  }
  signal?.throwIfAborted()
  return hash.digest('hex')
}

async function deleteFrom(root: string, key: string): Promise<void> {
  const parent = await findInside(root, dirname(key))
  if (parent !== undefined) await rm(join(root, key), { force: true })
}

/** Makes the folder of a file, never through a link that leaves the root. */
async function makeParent(root: string, key: string): Promise<void> {
  await mkdir(root, { recursive: true })
  const parent = dirname(join(root, key))
  let folder = parent
  let real = await realPath(folder)
  for (; real === undefined; real = await realPath(folder)) folder = dirname(folder)
  await checkInside(root, real, key)
  await mkdir(parent, { recursive: true })
}
