import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sha256 } from '../core/index.ts'
import type { Run } from '../tracking/index.ts'

/** A PNG of a run. */
export interface Figure {
  /** Path in the run's folder without its ending: `figures/train_loss`. */
  readonly key: string
  readonly bytes: Buffer<ArrayBuffer>
  readonly sha256: string
  readonly width: number
  readonly height: number
}

const PNG_HEAD = Buffer.from('89504e470d0a1a0a', 'hex')
/** Enough for every figure that is drawn; a folder of thousands of pictures is a data set. */
const MOST_FIGURES = 200

/** All figures of a run, sorted by key. */
export async function figuresOf({ folder }: Pick<Run, 'folder'>): Promise<Figure[]> {
  const paths = (await filesOf(folder)).filter((path) => path.endsWith('.png'))
  const figures: Figure[] = []
  for (const path of paths.slice(0, MOST_FIGURES)) {
    const bytes = await readFile(join(folder, path))
    if (!bytes.subarray(0, PNG_HEAD.length).equals(PNG_HEAD) || bytes.length < 24) continue
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
    figures.push({ key: path.slice(0, -4), bytes, sha256: sha256(bytes), width, height })
  }
  return figures
}

/** Paths in the run's folder, with forward slashes, sorted; none that begins with a dot. */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(?:^|\/)\./.test(path))
    .sort()
}

/** The exported model of a run, if there is one yet. */
export async function modelFileOf({ files }: Pick<Run, 'files'>): Promise<string | undefined> {
  return stat(files.model).then(
    () => files.model,
    () => undefined,
  )
}
