import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Under the folder of runs: where deleted ones wait. */
export const TRASH = '.trash'

/** Folders with a run.json under `root` and in its trash, in order of their names. */
export async function runFolders(root: string): Promise<string[]> {
  const found: string[] = []
  for (const parent of [root, join(root, TRASH)]) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
    for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith('.')) continue
      const folder = join(parent, name)
      if (await isFile(join(folder, 'run.json'))) found.push(folder)
    }
  }
  return found
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
}
