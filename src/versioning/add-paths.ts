import { basename, dirname, relative, resolve, sep } from 'node:path'
import { loadIgnoreRules } from './ignore/dvc-ignore.ts'
import { addToGitIgnore, gitTracked, isGitIgnored } from './ignore/git-ignore-file.ts'
import { withRepositoryLock } from './lock/repository-lock.ts'
import {
  type DataHash,
  DVC_SUFFIX,
  type DvcFile,
  dvcFileOf,
  newDvcFileText,
  readDvcFile,
  withOutputHash,
  writeDvcFile,
} from './pointer/dvc-file.ts'
import { type DataRepository, pathExists, repositoryPath } from './repository.ts'
import { versioningError } from './versioning-error.ts'
import { commitPath } from './work/commit-path.ts'
import { trackedOutputs } from './work/tracked-outputs.ts'

/** One path that is now tracked. */
export interface AddedPath {
  readonly path: string
  /** Its `.dvc` file. */
  readonly file: string
  readonly hash: DataHash
  readonly changed: boolean
}

/**
 * Tracks files and directories: hashes them, keeps them in the cache, has git ignore them and writes their `.dvc`
 * files, which may then be committed to git. Throws DVC_TARGET_INVALID, DVC_LOCKED and DATA_NOT_FOUND's kin.
 */
export async function addPaths(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
): Promise<readonly AddedPath[]> {
  const paths = words.map((word) => dataPath(resolve(cwd, word)))
  return withRepositoryLock(
    repository,
    async () => {
      const tracked = await trackedOutputs(repository)
      const known = tracked.map(({ output, file }) => ({
        path: output.absolutePath,
        file: file.path,
      }))
      for (const path of paths) await checkTarget(repository, path, known)
      const added: AddedPath[] = []
      for (const path of paths) added.push(await addPath(repository, path))
      return added
    },
    { paths, signal: repository.signal },
  )
}

/** Who names the `.dvc` file means its data. */
function dataPath(path: string): string {
  return path.endsWith(DVC_SUFFIX) &&
    pathExists(path) &&
    pathExists(path.slice(0, -DVC_SUFFIX.length))
    ? path.slice(0, -DVC_SUFFIX.length)
    : path
}

async function addPath(repository: DataRepository, path: string): Promise<AddedPath> {
  const file = dvcFileOf(path)
  const existing = pathExists(file) ? await readDvcFile(file) : undefined
  const hash = await commitPath(repository, path)
  if (hash === undefined) throw notThere(path)
  if (repository.gitRoot !== undefined) await addToGitIgnore(path)
  const text = dvcFileText(existing, path, hash)
  if (text !== undefined) await writeDvcFile(file, text)
  return { path, file, hash, changed: text !== undefined }
}

/** Undefined when the file says so already. */
function dvcFileText(
  existing: DvcFile | undefined,
  path: string,
  hash: DataHash,
): string | undefined {
  const at = existing?.outputs.findIndex(({ absolutePath }) => absolutePath === path) ?? -1
  if (existing === undefined || at < 0 || existing.imported)
    return newDvcFileText(basename(path), hash)
  return sameHash(existing.outputs[at]!.hash, hash) ? undefined : withOutputHash(existing, at, hash)
}

/** Whether a `.dvc` file need not be written for a hash. */
export function sameHash(a: DataHash | undefined, b: DataHash): boolean {
  if (a === undefined) return false
  return (['md5', 'kind', 'size', 'nfiles', 'isexec'] as const).every((key) => a[key] === b[key])
}

function notThere(path: string) {
  return versioningError('DVC_TARGET_INVALID', `There is nothing at ${path}.`, {
    hint: 'Check the path; a link must lead somewhere.',
    data: { path },
  })
}

interface Known {
  readonly path: string
  readonly file: string
}

async function checkTarget(
  repository: DataRepository,
  path: string,
  known: readonly Known[],
): Promise<void> {
  const inner = repositoryPath(repository, path)
  const refuse = (problem: string, hint: string) =>
    versioningError('DVC_TARGET_INVALID', `${path} ${problem}.`, { hint, data: { path } })
  if (inner === undefined || inner === '')
    throw refuse(`is not within the repository ${repository.root}`, 'Copy the data into it first.')
  if (!pathExists(path)) throw notThere(path)
  const rules = await loadIgnoreRules(repository.root, inner.includes('/') ? dirname(inner) : '')
  if (rules.ignores(inner, false) || rules.ignores(inner, true))
    throw refuse('is ignored by .dvcignore', 'Remove the pattern that matches it.')
  const around = known.find((other) => path.startsWith(`${other.path}${sep}`))
  if (around !== undefined)
    throw refuse(
      `lies in tracked data, ${around.path}`,
      `Track all of it: atelier data add ${relative(repository.root, around.path)}`,
    )
  const within = known.find((other) => other.path.startsWith(`${path}${sep}`))
  if (within !== undefined)
    throw refuse(
      `holds tracked data, ${within.path}`,
      `First: atelier data remove ${relative(repository.root, within.file)}`,
    )
  const other = known.find((entry) => entry.path === path && entry.file !== dvcFileOf(path))
  if (other !== undefined)
    throw refuse(
      `is tracked by ${other.file}`,
      `Use \`atelier data commit ${relative(repository.root, other.file)}\`.`,
    )
  if (repository.gitRoot !== undefined) await checkGit(path, refuse)
}

async function checkGit(
  path: string,
  refuse: (problem: string, hint: string) => Error,
): Promise<void> {
  const [tracked] = await gitTracked(path)
  if (tracked !== undefined)
    throw refuse(
      `is in git (${tracked})`,
      `Take it out of git, where it stays on disk: git rm -r --cached '${basename(path)}'`,
    )
  if (await isGitIgnored(dvcFileOf(path)))
    throw refuse(
      'would have a .dvc file that git ignores',
      `Add a line \`!*.dvc\` to the .gitignore that ignores it.`,
    )
}
