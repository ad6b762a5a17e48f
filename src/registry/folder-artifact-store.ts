import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AtelierError, replaceFile, sha256 } from '../core/index.ts'
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
      await mkdir(dirname(path), { recursive: true })
      await requireInside(root, path, key)
      const kept = await readPlainFile(path)
      if (kept !== undefined && sha256(kept) === sha256(bytes)) return
      await replaceFile(path, async (file) => {
        await file.writeFile(bytes)
        await file.chmod(READ_ONLY)
      })
    },
    async get(key) {
      const path = pathOf(root, key)
      return (await isInside(root, path, key)) ? readPlainFile(path) : undefined
    },
    async exists(key) {
      const path = pathOf(root, key)
      if (!(await isInside(root, path, key))) return false
      const file = await openPlainFile(path)
      await file?.close()
      return file !== undefined
    },
  }
}

function pathOf(root: string, key: string): string {
  if (KEY.test(key)) return join(root, ...key.split('/'))
  throw outside(root)
}

async function requireInside(root: string, path: string, key: string): Promise<void> {
  if (!(await isInside(root, path, key))) throw outside(root)
}

/** Whether the folders between the root and the file are folders of their own, not links. */
async function isInside(root: string, path: string, key: string): Promise<boolean> {
  try {
    const [base, parent] = [await realpath(root), await realpath(dirname(path))]
    return parent === dirname(join(base, ...key.split('/')))
  } catch (error) {
    if (MISSING.has((error as NodeJS.ErrnoException).code)) return false
    throw error
  }
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
    if (MISSING.has((error as NodeJS.ErrnoException).code)) return undefined
    throw error
  }
}

function outside(root: string): AtelierError {
  return new AtelierError(
    'MODEL_DAMAGED',
    `A file would lie outside of the registry's store ${root}.`,
    { hint: 'No folder inside the store may be a link. Run `atelier models verify`.' },
  )
}
