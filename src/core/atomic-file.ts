import { randomBytes } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { access, type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Writes `content` so that a reader, or a crash at any point, sees the old file or the new one whole. */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  await replaceFile(path, (file) => file.writeFile(content))
}

/**
 * As `writeFileAtomic`, for content written in pieces: temp file beside it, fsync, rename, fsync folder.
 * With `ifAbsent` a file that is there stays, and the error has the code EEXIST.
 */
export async function replaceFile(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  { ifAbsent = false }: { readonly ifAbsent?: boolean } = {},
): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx')
    try {
      await write(file)
      await file.sync()
    } finally {
      await file.close()
    }
    await (ifAbsent ? takeFreeName(temporary, path) : rename(temporary, path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** Of several that want one name, one gets it: a link fails where a rename would replace. */
async function takeFreeName(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path)
    await rm(temporary)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code)) throw error
    // some drives have no links: there, two that come in the same moment both believe to be first
    const taken = await access(path).then(
      () => true,
      () => false,
    )
    if (taken) throw Object.assign(new Error(`'${path}' exists`), { code: 'EEXIST' })
    await rename(temporary, path)
  }
}

const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/** Makes durable what was put into a folder. Windows cannot open one for this and needs no such step. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** As `writeFileAtomic`, for a process about to end: nothing else runs meanwhile. */
export function writeFileAtomicSync(path: string, content: string): void {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  writeFileSync(temporary, content, { flush: true })
  renameSync(temporary, path)
}
