import { existsSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { forgetStatIndex } from './files/stat-index.ts'
import { removeFromGitIgnore } from './ignore/git-ignore-file.ts'
import { withRepositoryLock } from './lock/repository-lock.ts'
import { isObjectHash, objectPath } from './objects/object-id.ts'
import { readDvcFile } from './pointer/dvc-file.ts'
import type { DataRepository } from './repository.ts'
import { versioningError } from './versioning-error.ts'
import { hashPath } from './work/hash-path.ts'
import { findTargets, type Target } from './work/tracked-outputs.ts'

export interface RemoveOptions {
  /** Deletes the data in the workspace, too. */
  readonly outs?: boolean
  /** Deletes also data that is kept nowhere else. */
  readonly force?: boolean
}

/** Stops tracking: deletes `.dvc` files and their lines in `.gitignore`. The data stays unless `outs`. */
export async function removeData(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  { outs = false, force = false }: RemoveOptions = {},
): Promise<readonly string[]> {
  const work = async () => {
    const targets = await findTargets(repository, words, cwd)
    if (outs && !force) for (const target of targets) await refuseLoss(repository, target)
    const files = [...new Set(targets.map(({ file }) => file.path))]
    for (const file of files) await removeFile(repository, file, outs)
    return files
  }
  return withRepositoryLock(repository, work, { signal: repository.signal })
}

async function removeFile(repository: DataRepository, path: string, outs: boolean): Promise<void> {
  const { outputs } = await readDvcFile(path)
  // the pointer goes first: data without one is the user's own again
  await rm(path)
  for (const { absolutePath } of outputs) {
    if (repository.gitRoot !== undefined) await removeFromGitIgnore(absolutePath)
    if (outs) rmSync(absolutePath, { recursive: true, force: true })
    await forgetStatIndex(join(repository.scratch, 'stat'), absolutePath)
  }
}

async function refuseLoss(repository: DataRepository, { output }: Target): Promise<void> {
  const { absolutePath, hash } = output
  const current = await hashPath(repository, absolutePath, { kind: hash?.kind ?? 'md5' })
  if (current === undefined) return
  const { kind, entries, md5 } = current
  const hashes = entries?.map((entry) => entry.md5) ?? [md5]
  const lost = hashes.filter(
    (one) => isObjectHash(one) && !existsSync(objectPath(repository.cache, { md5: one, kind })),
  )
  if (lost.length === 0) return
  throw versioningError('DVC_WOULD_LOSE', `'${absolutePath}' holds data that the cache does not.`, {
    hint: 'Keep it with `atelier data commit`, or give it up with --force.',
    data: { path: absolutePath, count: lost.length },
  })
}
