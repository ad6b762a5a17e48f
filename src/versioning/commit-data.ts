import { basename } from 'node:path'
import type { AddedPath } from './add-paths.ts'
import { sameHash } from './add-paths.ts'
import { withRepositoryLock } from './lock/repository-lock.ts'
import { newDvcFileText, withOutputHash, writeDvcFile } from './pointer/dvc-file.ts'
import type { DataRepository } from './repository.ts'
import { versioningError } from './versioning-error.ts'
import { commitPath } from './work/commit-path.ts'
import { findTargets, type Target } from './work/tracked-outputs.ts'

/** Keeps what tracked data is now, and writes it into its `.dvc` files. Throws DVC_TARGET_INVALID for what is gone. */
export async function commitData(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
): Promise<readonly AddedPath[]> {
  const work = async () => {
    const done: AddedPath[] = []
    for (const target of await findTargets(repository, words, cwd))
      done.push(await commitTarget(repository, target))
    return done
  }
  return withRepositoryLock(repository, work, { signal: repository.signal })
}

async function commitTarget(
  repository: DataRepository,
  { file, index, output }: Target,
): Promise<AddedPath> {
  const path = output.absolutePath
  const hash = await commitPath(repository, path)
  if (hash === undefined) {
    throw versioningError('DVC_TARGET_INVALID', `There is nothing at ${path}.`, {
      hint: 'Bring it back with `atelier data checkout`, or stop tracking it: atelier data remove.',
      data: { path },
    })
  }
  const changed = !sameHash(output.hash, hash)
  const isPlain =
    file.outputs.length === 1 && output.hash === undefined && output.path === basename(path)
  if (changed) {
    const text = isPlain ? newDvcFileText(output.path, hash) : withOutputHash(file, index, hash)
    await writeDvcFile(file.path, text)
  }
  return { path, file: file.path, hash, changed }
}
