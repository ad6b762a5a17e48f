import { relative, sep } from 'node:path'
import { withRepositoryLock } from './lock/repository-lock.ts'
import type { DataRepository } from './repository.ts'
import { type CheckOutChange, type CheckOutOptions, checkOutPath } from './work/check-out-path.ts'
import { findTargets, type Target } from './work/tracked-outputs.ts'

export interface CheckedOut extends CheckOutChange {
  /** Relative to the repository, parts separated by `/`. */
  readonly path: string
}

/** Makes tracked data in the workspace what the `.dvc` files say, from the cache. As `checkOutPath`. */
export async function checkOut(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  options: Omit<CheckOutOptions, 'inner'> = {},
): Promise<readonly CheckedOut[]> {
  return withRepositoryLock(
    repository,
    async () =>
      checkOutTargets(
        repository,
        await findTargets(repository, words, cwd, { withStages: true }),
        options,
      ),
    { signal: repository.signal },
  )
}

/** As `checkOut`, where the lock is held. */
export async function checkOutTargets(
  repository: DataRepository,
  targets: readonly Target[],
  options: Omit<CheckOutOptions, 'inner'>,
): Promise<readonly CheckedOut[]> {
  const done: CheckedOut[] = []
  for (const { output, inner } of targets) {
    // nothing was ever kept of these
    if (output.hash === undefined || !output.cache) continue
    const change = await checkOutPath(repository, output.absolutePath, output.hash, {
      ...options,
      inner,
    })
    done.push({
      path: relative(repository.root, output.absolutePath).split(sep).join('/'),
      ...change,
    })
  }
  return done
}
