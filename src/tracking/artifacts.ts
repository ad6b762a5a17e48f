import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Artifact } from '../contracts/index.ts'
import { sha256File, writeFileAtomic } from '../core/index.ts'
import type { Run } from './run.ts'

/** Their bytes change after the run, or are this list. Names that begin with a dot are nobody's. */
const NOT_ARTIFACTS: ReadonlySet<string> = new Set(['run.json', 'artifacts.json', 'trashed.json'])

/** Every file of a run folder, sorted by path, with size and SHA-256. */
export async function collectArtifacts(folder: string): Promise<Artifact[]> {
  const artifacts: Artifact[] = []
  for (const path of (await filesIn(folder)).sort()) {
    const file = join(folder, ...path.split('/'))
    const { size } = await stat(file)
    artifacts.push({ path, bytes: size, sha256: await sha256File(file) })
  }
  return artifacts
}

/** Writes `artifacts.json`: what the run's files are now. */
export async function writeArtifacts({ folder, files }: Pick<Run, 'folder' | 'files'>) {
  const artifacts = await collectArtifacts(folder)
  await writeFileAtomic(files.artifacts, `${JSON.stringify(artifacts, null, 1)}\n`)
  return artifacts
}

/** Paths inside the folder, with forward slashes. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !NOT_ARTIFACTS.has(path) && !/(?:^|\/)\./.test(path))
}
