import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DataRepository } from '../repository.ts'
import { versioningError } from '../versioning-error.ts'
import { tryFileLock } from './file-lock.ts'
import { findBlocker, readPathLocks } from './path-locks.ts'

const ATTEMPTS = 7
const PAUSE_MS = 500

export interface LockOptions {
  /** Absolute paths that the work reads or writes: no stage of a running `dvc repro` may be at them. */
  readonly paths?: readonly string[]
  readonly mode?: 'read' | 'write'
  readonly signal?: AbortSignal | undefined
}

/** Does work while no other `atelier data` and no DVC works on the repository. Throws DVC_LOCKED after 3 seconds. */
export async function withRepositoryLock<T>(
  repository: DataRepository,
  work: () => Promise<T>,
  { paths = [], mode = 'write', signal }: LockOptions = {},
): Promise<T> {
  const lock = await takeLock(repository, signal)
  try {
    const blocker = findBlocker(await readPathLocks(repository.tmp), paths, mode)
    if (blocker !== undefined) {
      const { path, pid, command } = blocker
      throw versioningError('DVC_LOCKED', `'${path}' is in use by process ${pid}: ${command}.`, {
        hint: 'Wait for it to end.',
        data: { path, pid },
      })
    }
    return await work()
  } finally {
    await lock.release()
  }
}

async function takeLock({ tmp, root }: DataRepository, signal: AbortSignal | undefined) {
  const path = join(tmp, 'lock')
  for (let attempt = 1; ; attempt++) {
    const lock = await tryFileLock(path)
    if (lock !== undefined) return lock
    if (attempt === ATTEMPTS) {
      const pid = (await readFile(path, 'utf8').catch(() => '')).trim()
      const who = pid === '' ? 'Another process' : `Process ${pid}`
      throw versioningError('DVC_LOCKED', `${who} works on the repository ${root}.`, {
        hint: 'Wait for it to end and repeat the command.',
        data: { path, pid: Number(pid) || undefined },
      })
    }
    await sleep(PAUSE_MS, undefined, signal && { signal })
  }
}
