import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Half-written files that a killed process left in a run folder; only the lock's holder may call. */
export async function removeLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true })
  const leftovers = entries.filter((path) => /(?:^|[/\\])\.[^/\\]+\.tmp$/.test(path))
  await Promise.all(leftovers.map((path) => rm(join(folder, path), { force: true })))
}
