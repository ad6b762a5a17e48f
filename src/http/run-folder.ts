import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import type { UiFile, UiFiles } from '../contracts/index.ts'
import type { RunEntry } from '../tracking/index.ts'
import { fileTypeOf } from './file-types.ts'
import { httpError } from './http-error.ts'

const MOST_FILES = 2000

/** The files of a run folder, those starting with a dot left out. */
export async function listFiles(entry: RunEntry): Promise<UiFiles> {
  const root = await folderOf(entry)
  if (root === undefined) return { files: [], missing: whyMissing(entry) }
  const found = await readdir(root, { withFileTypes: true, recursive: true })
  const paths = found.filter((file) => file.isFile()).map((file) => pathOf(root, file))
  const shown = paths.filter((path) => !isHidden(path)).sort()
  const hashes = new Map(entry.artifacts.map(({ path, sha256 }) => [path, sha256]))
  const files = await Promise.all(
    shown.slice(0, MOST_FILES).map(async (path): Promise<UiFile[]> => {
      // a training that works replaces files while they are listed
      const facts = await stat(join(root, path)).catch(() => undefined)
      if (facts === undefined) return []
      const { size: bytes, mtimeMs: modified } = facts
      return [
        { path, bytes, modified, sha256: hashes.get(path) ?? null, kind: fileTypeOf(path).kind },
      ]
    }),
  )
  return { files: files.flat(), missing: null }
}

/** Absolute path and size of a file inside the run folder. Answers 404 for everything else. */
export async function findFile(
  entry: RunEntry,
  path: string,
): Promise<{ readonly path: string; readonly bytes: number; readonly modified: Date }> {
  const missing = () => httpError(404, 'NOT_FOUND', `The run has no file "${path}".`)
  const root = await folderOf(entry)
  if (root === undefined) throw httpError(404, 'NOT_FOUND', whyMissing(entry))
  if (path.includes('\0') || isHidden(path)) throw missing()
  // links are followed first, so that one pointing outside counts as outside
  const target = await realpath(join(root, path)).catch(() => undefined)
  if (target === undefined || !target.startsWith(root + sep)) throw missing()
  const facts = await stat(target)
  if (!facts.isFile()) throw missing()
  return { path: target, bytes: facts.size, modified: facts.mtime }
}

/**
 * The real path of the run's folder, if it is one on this machine. The database may be shared and is
 * not trusted with naming any folder to read: it must bear the run's id and hold a record.
 */
async function folderOf({ folder, record }: RunEntry): Promise<string | undefined> {
  if (basename(folder) !== record.id) return undefined
  const root = await realpath(folder).catch(() => undefined)
  if (root === undefined || basename(root) !== record.id) return undefined
  const facts = await stat(join(root, 'run.json')).catch(() => undefined)
  return facts?.isFile() === true ? root : undefined
}

function whyMissing({ folder, record }: RunEntry): string {
  const { host } = record.environment
  return `The run's folder is not on this machine: ${folder} on ${host}.`
}

function pathOf(root: string, file: Dirent): string {
  return join(file.parentPath, file.name)
    .slice(root.length + 1)
    .replaceAll('\\', '/')
}

const isHidden = (path: string) => path.split(/[\\/]/).some((part) => part.startsWith('.'))
