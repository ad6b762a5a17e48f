import { type CheckedOut, checkOutTargets } from './check-out.ts'
import { withRepositoryLock } from './lock/repository-lock.ts'
import {
  type CloudStatus,
  cloudStatus,
  fetchTargets,
  pushTargets,
  type TransferChoice,
  type Transferred,
} from './remote/transfer.ts'
import type { DataRepository } from './repository.ts'
import { findTargets, type Target } from './work/tracked-outputs.ts'

/** Copies tracked data to its remote. As `pushTargets`; `words` as for `findTargets`. */
export function pushData(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  choice: TransferChoice = {},
): Promise<Transferred> {
  return withTargets(repository, words, cwd, (targets) => pushTargets(repository, targets, choice))
}

/** Copies tracked data from its remote to the cache. As `fetchTargets`. */
export function fetchData(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  choice: TransferChoice = {},
): Promise<Transferred> {
  return withTargets(repository, words, cwd, (targets) => fetchTargets(repository, targets, choice))
}

/** Work that leaves the workspace as it is, so that others may read meanwhile. */
function withTargets<T>(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  transfer: (targets: readonly Target[]) => Promise<T>,
): Promise<T> {
  const work = async () => transfer(await findTargets(repository, words, cwd, { withStages: true }))
  return withRepositoryLock(repository, work, { mode: 'read', signal: repository.signal })
}

export interface Pulled {
  readonly fetched: Transferred
  readonly outputs: readonly CheckedOut[]
}

/** `fetchData`, then `checkOut`: nothing in the workspace changes before all of it is in the cache. */
export function pullData(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  choice: TransferChoice & { readonly force?: boolean } = {},
): Promise<Pulled> {
  const work = async () => {
    const targets = await findTargets(repository, words, cwd, { withStages: true })
    const fetched = await fetchTargets(repository, targets, choice)
    const { force = false } = choice
    return { fetched, outputs: await checkOutTargets(repository, targets, { force }) }
  }
  return withRepositoryLock(repository, work, { signal: repository.signal })
}

/** What the remotes lack of tracked data. As `cloudStatus`. */
export function dataCloudStatus(
  repository: DataRepository,
  words: readonly string[],
  cwd: string,
  choice: TransferChoice = {},
): Promise<readonly CloudStatus[]> {
  const work = async () =>
    cloudStatus(repository, await findTargets(repository, words, cwd, { withStages: true }), choice)
  return withRepositoryLock(repository, work, { mode: 'read', signal: repository.signal })
}
