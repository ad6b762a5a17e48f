import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileFault } from './file-fault.ts'
import type { ObjectInfo } from './object-store.ts'

const AT_ONCE = 32

/** What `replaceFile` of core writes to before the file has its name. */
export function isUnfinished(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(name)
}

/** Whether a path without links is the folder `base` or in it. */
export function isInside(base: string, path: string): boolean {
  return path === base || path.startsWith(base.endsWith(sep) ? base : base + sep)
}

/** A regular file as an object; undefined for anything else, and for what is gone. */
export async function fileInfo(key: string, path: string): Promise<ObjectInfo | undefined> {
  const stats = await statOf(path)
  if (!stats?.isFile()) return undefined
  const { size, mtimeMs, mtimeNs, ino } = stats
  const etag = `${size}-${mtimeNs}-${ino}`
  return { key, size: Number(size), modified: Number(mtimeMs), etag }
}

function statOf(path: string) {
  return stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
}

/** The files below a folder whose path in it begins with `prefix`, in the order of their bytes. */
export async function* listFolder(
  root: string,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ObjectInfo> {
  const start = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  try {
    const base = await realpath(root)
    const folder = await realpath(join(root, start))
    if (isInside(base, folder)) yield* walk({ base, prefix, signal }, folder, start, [folder])
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fileFault(error, root, prefix)
  }
}

interface Listing {
  readonly base: string
  readonly prefix: string
  readonly signal: AbortSignal | undefined
}

/** `above`: the folders on the way here, without links, so that a link to one of them ends. */
async function* walk(
  listing: Listing,
  folder: string,
  keyOfFolder: string,
  above: readonly string[],
): AsyncGenerator<ObjectInfo> {
  const entries = (await readdir(folder, { withFileTypes: true }))
    .filter(
      ({ name }) => !isUnfinished(name) && `${keyOfFolder}${name}/`.startsWith(listing.prefix),
    )
    .sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)))
  for (let at = 0; at < entries.length; at += AT_ONCE) {
    listing.signal?.throwIfAborted()
    const some = entries.slice(at, at + AT_ONCE)
    const found = await Promise.all(some.map((entry) => look(listing, folder, keyOfFolder, entry)))
    for (const { info, subfolder, key } of found) {
      if (info !== undefined && key.startsWith(listing.prefix)) yield info
      if (subfolder !== undefined && !above.includes(subfolder))
        yield* walk(listing, subfolder, `${key}/`, [...above, subfolder])
    }
  }
}

/** A folder's own name stands for the keys below it, which go on with a slash. */
function sortKey(entry: Dirent): Buffer {
  return Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name)
}

async function look({ base }: Listing, folder: string, keyOfFolder: string, entry: Dirent) {
  const key = `${keyOfFolder}${entry.name}`
  let path: string | undefined = join(folder, entry.name)
  if (entry.isSymbolicLink()) {
    path = await realpath(path).catch(() => undefined)
    if (path !== undefined && !isInside(base, path)) path = undefined
  }
  if (path === undefined) return { key }
  if (entry.isDirectory()) return { key, subfolder: path }
  const info = await fileInfo(key, path)
  const isFolder = entry.isSymbolicLink() && info === undefined
  return isFolder && (await statOf(path))?.isDirectory() ? { key, subfolder: path } : { key, info }
}
