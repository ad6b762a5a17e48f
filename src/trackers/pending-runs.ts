import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openRun } from '../tracking/index.ts'
import { fingerprintOf, readStates } from './tracker-state.ts'

/** Folders of the runs below `root` that a tracker has not all of, in order of their names. */
export async function pendingRuns(root: string): Promise<string[]> {
  const pending: string[] = []
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue
    const folder = join(root, entry.name)
    const states = await readStates(folder)
    if (states.length === 0) continue
    const run = await openRun(folder).catch(() => undefined)
    if (run === undefined) continue
    const now = await fingerprintOf(run)
    if (states.some(({ complete }) => complete !== now)) pending.push(folder)
  }
  return pending
}
