import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** An edit takes milliseconds: what is older was left by a process that was killed in the middle. */
const STALE_MS = 5000
const RETRY_MS = 5

/**
 * One process at a time changes the record of a run, so that a tag given while it trains is not
 * lost. Where a lock cannot be made at all, the write itself will say why.
 */
export async function withEditLock<T>(folder: string, edit: () => Promise<T>): Promise<T> {
  const path = join(folder, '.edit-lock')
  const held = await takeLock(path)
  try {
    return await edit()
  } finally {
    if (held) await rm(path, { force: true })
  }
}

async function takeLock(path: string): Promise<boolean> {
  for (;;) {
    try {
      await (await open(path, 'wx')).close()
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false
    }
    const made = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (made !== undefined && Math.abs(Date.now() - made) > STALE_MS)
      await rm(path, { force: true })
    else await sleep(RETRY_MS)
  }
}
