import { constants } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AtelierError, replaceFile, sha256, syncFolder } from '../core/index.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** Words of letters and digits: no dot, so no way out, on any system. */
const KEY = /^[0-9a-z]+(?:\/[0-9a-z]+)*$/
const READ_ONLY = 0o444
const MISSING: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO'])

/** A store in a folder, which is made with the first file. Links in it are not followed. */
export function folderArtifactStore(folder: string): ArtifactStore {
  const root = resolve(folder)
  return {
    description: root,
    async put(key, bytes) {
      const path = pathOf(root, key)
      if (!(await hasOwnFolders(root, key))) throw outside(root)
      const kept = await readPlainFile(path)
      if (kept !== undefined && sha256(kept) === sha256(bytes)) return
      await replaceFile(path, async (file) => {
        await file.writeFile(bytes)
        await file.chmod(READ_ONLY)
      })
      // the folders may be new as well
      for (const above of foldersAbove(root, key)) await syncFolder(above)
    },
    async get(key) {
      const path = pathOf(root, key)
      return (await hasOwnFolders(root, key)) ? readPlainFile(path) : undefined
    },
    async exists(key) {
      const path = pathOf(root, key)
      if (!(await hasOwnFolders(root, key))) return false
      const file = await openPlainFile(path)
      await file?.close()
      return file !== undefined
    },
  }
}

/** The folders that hold the file's folder, up to the one that holds the root. */
function foldersAbove(root: string, key: string): string[] {
  const names = key.split('/').slice(0, -2)
  const inside = [root, ...names.map((_, at) => join(root, ...names.slice(0, at + 1)))]
  return [dirname(root), ...inside]
}

function pathOf(root: string, key: string): string {
  if (KEY.test(key)) return join(root, ...key.split('/'))
  throw outside(root)
}

/**
 * Whether the folders from the root to the file are folders of their own, as far as there are any: a link
 * would lead out. The root itself may be one, for that is what somebody configured.
 */
async function hasOwnFolders(root: string, key: string): Promise<boolean> {
  const names = key.split('/').slice(0, -1)
  for (let depth = 1; depth <= names.length; depth++) {
    const entry = await lstat(join(root, ...names.slice(0, depth))).catch(whereMissing)
    if (entry === undefined) return true
    if (!entry.isDirectory()) return false
  }
  return true
}

function whereMissing(error: NodeJS.ErrnoException): undefined {
  if (MISSING.has(error.code)) return undefined
  throw error
}

async function readPlainFile(path: string): Promise<Uint8Array | undefined> {
  const file = await openPlainFile(path)
  try {
    return await file?.readFile()
  } finally {
    await file?.close()
  }
}

/** Undefined for what is no file: nothing, a link, a folder, a pipe. */
async function openPlainFile(path: string): Promise<FileHandle | undefined> {
  // a pipe without a writer would keep the call waiting; Windows has neither flag
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  try {
    const file = await open(path, flags)
    if ((await file.stat()).isFile()) return file
    await file.close()
    return undefined
  } catch (error) {
    return whereMissing(error as NodeJS.ErrnoException)
  }
}

function outside(root: string): AtelierError {
  return new AtelierError(
    'MODEL_DAMAGED',
    `A file would lie outside of the registry's store ${root}.`,
    { hint: 'No folder inside the store may be a link. Run `atelier models verify`.' },
  )
}
