import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AtelierError, replaceFile } from '../core/index.ts'
import type { ProjectFile } from './project-file.ts'

/** What may be there already: a repository that was just made, and what systems and editors leave. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...['.git', '.DS_Store', 'Thumbs.db', '.idea', '.vscode', 'LICENSE'],
])
const MOST_NAMED = 8

/**
 * Writes the files of a project into a folder that is absent or empty; when one cannot be written,
 * what was written before is taken away again. Throws FOLDER_NOT_EMPTY.
 */
export async function writeProject(root: string, files: readonly ProjectFile[]): Promise<void> {
  const before = await readdir(root).catch(absent)
  const inTheWay = (before ?? []).filter((name) => !HARMLESS.has(name)).sort()
  if (inTheWay.length > 0) throw notEmpty(root, inTheWay)
  await mkdir(root, { recursive: true })
  try {
    for (const { path, content } of files) {
      await replaceFile(join(root, path), (file) => file.writeFile(content), { ifAbsent: true })
    }
  } catch (error) {
    await takeAway(root, before, files)
    throw error
  }
}

async function takeAway(
  root: string,
  before: readonly string[] | undefined,
  files: readonly ProjectFile[],
): Promise<void> {
  if (before === undefined) return rm(root, { recursive: true })
  const tops = new Set(files.map(({ path }) => path.split('/')[0]!))
  for (const name of tops) {
    if (!before.includes(name)) await rm(join(root, name), { recursive: true, force: true })
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined
  if (error.code !== 'ENOTDIR') throw error
  throw new AtelierError('FOLDER_NOT_EMPTY', `${error.path ?? 'That'} is a file.`, {
    hint: 'Choose another name.',
    cause: error,
  })
}

function notEmpty(root: string, names: readonly string[]): AtelierError {
  const more = names.length - MOST_NAMED
  const shown = names.slice(0, MOST_NAMED).join(', ')
  return new AtelierError(
    'FOLDER_NOT_EMPTY',
    `${root} is not empty: ${shown}${more > 0 ? `, and ${more} more` : ''}.`,
    {
      hint: 'Choose another name, or move these away. Nothing was written.',
      data: { folder: root, found: names },
    },
  )
}
