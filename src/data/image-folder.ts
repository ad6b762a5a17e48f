/** What lies in a folder of labelled images, before any of it is decoded. */
import { readdir, stat } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import type { SplitName } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'

export interface ImageFile {
  readonly path: string
  readonly label: number
}

export interface ImageFolder {
  readonly classes: readonly string[]
  /** `train` holds everything when the folder is not divided itself. Each sorted by path. */
  readonly files: Readonly<Partial<Record<SplitName, readonly ImageFile[]>>> & {
    readonly train: readonly ImageFile[]
  }
  /** Files that are not images by their name. */
  readonly ignored: readonly string[]
}

const IMAGE_EXTENSIONS = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.tif', '.tiff'])

/** Top-level folders that mean a split, when `train` is among them. */
const SPLIT_FOLDERS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  val: 'val',
  valid: 'val',
  validation: 'val',
  test: 'test',
}

/**
 * Lists one sub-folder of images per class, or `train/`, `val/`, `test/` with such sub-folders.
 * Hidden files are left out. Order is by name, the same on every machine.
 * Throws DATA_NOT_FOUND without such a folder, DATA_TOO_FEW with fewer than two classes.
 */
export async function listImageFolder(root: string): Promise<ImageFolder> {
  const top = await subfolders(root)
  const divided = top.includes('train') && top.every((name) => name in SPLIT_FOLDERS)
  const parts = divided
    ? top.map((name) => ({ split: SPLIT_FOLDERS[name]!, folder: join(root, name) }))
    : [{ split: 'train' as const, folder: root }]
  const classes = await subfolders(divided ? join(root, 'train') : root)
  requireClasses(root, classes)
  const files: Partial<Record<SplitName, ImageFile[]>> = {}
  const ignored: string[] = []
  for (const { split, folder } of parts) {
    const found = await listClasses(folder, classes)
    files[split] = [...(files[split] ?? []), ...found.files]
    ignored.push(...found.ignored)
  }
  return { classes, files: { ...files, train: files.train ?? [] }, ignored }
}

/** One line per file with its size and time: changes when a file does. */
export async function fileStates(root: string, folder: ImageFolder): Promise<string[]> {
  const files = Object.values(folder.files).flat()
  return Promise.all(
    files.map(async ({ path }) => {
      const { size, mtimeMs } = await stat(path)
      return `${relative(root, path).split(sep).join('/')} ${size} ${mtimeMs}`
    }),
  )
}

async function listClasses(folder: string, classes: readonly string[]) {
  const unknown = (await subfolders(folder)).filter((name) => !classes.includes(name))
  if (unknown.length > 0) {
    throw new AtelierError(
      'DATA_NOT_FOUND',
      `${folder} has classes that train/ lacks: ${unknown.join(', ')}.`,
      { hint: 'Give every split the same class folders.', data: { folder, unknown } },
    )
  }
  const files: ImageFile[] = []
  const ignored: string[] = []
  for (const [label, name] of classes.entries()) {
    for (const path of await listFiles(join(folder, name))) {
      if (IMAGE_EXTENSIONS.has(extname(path).toLowerCase())) files.push({ path, label })
      else ignored.push(path)
    }
  }
  return { files, ignored }
}

/** All files below, hidden ones left out, sorted by code unit. */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep))
    .filter((parts) => parts.every((part) => !part.startsWith('.')))
    .map((parts) => parts.join('/'))
    .sort()
    .map((name) => join(folder, name))
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new AtelierError('DATA_NOT_FOUND', `${folder} is not a folder that can be read.`, {
      hint: 'Set data.path to a folder with one sub-folder of images per class.',
      cause,
      data: { folder },
    })
  })
  return entries
    .filter(
      (entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'),
    )
    .map((entry) => entry.name)
    .sort()
}

function requireClasses(root: string, classes: readonly string[]): void {
  if (classes.length >= 2) return
  const got = classes.length === 0 ? 'no sub-folder' : `only the sub-folder ${classes[0]}`
  throw new AtelierError(
    'DATA_TOO_FEW',
    `${root} has ${got}; wanted one per class, at least two.`,
    {
      hint: 'Lay the images out as <folder>/<class name>/<image>.png.',
      data: { folder: root, classes },
    },
  )
}
