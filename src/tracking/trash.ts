import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AtelierError, systemClock, writeFileAtomic } from '../core/index.ts'
import { openRuns, type RunsChange } from './label-runs.ts'
import type { Run } from './run.ts'
import { entryOf } from './run-entry.ts'
import { runFiles } from './run-files.ts'
import { TRASH } from './run-folders.ts'
import { isRunLocked, lockRun } from './run-lock.ts'

/** Where runs wait until they are restored or deleted for good. */
export const trashOf = (root: string) => join(root, TRASH)

/**
 * Moves runs into the trash. Throws RUN_LOCKED for a run at work, RUN_NOT_FOUND, RUN_EXISTS; all are
 * looked at before the first is moved.
 */
export async function trashRuns(
  root: string,
  ids: readonly string[],
  { store, clock = systemClock }: RunsChange = {},
): Promise<string[]> {
  const runs = await openRuns(root, ids)
  const trash = trashOf(root)
  await requireIdle(runs)
  await requireRoom(trash, runs)
  await mkdir(trash, { recursive: true })
  return moveRuns(runs, trash, store, async ({ files }) => {
    const trashed = new Date(clock.now()).toISOString()
    await writeFileAtomic(files.trashed, `${JSON.stringify({ trashed })}\n`)
  })
}

/** Brings runs back from the trash. Throws RUN_NOT_FOUND, and RUN_EXISTS where another took the place. */
export async function restoreRuns(
  root: string,
  ids: readonly string[],
  { store }: RunsChange = {},
): Promise<string[]> {
  const runs = await openRuns(trashOf(root), ids)
  await requireRoom(root, runs)
  return moveRuns(runs, root, store, async () => {})
}

async function moveRuns(
  runs: readonly Run[],
  parent: string,
  store: RunsChange['store'],
  prepare: (run: Run) => Promise<void>,
): Promise<string[]> {
  const folders: string[] = []
  for (const run of runs) {
    const folder = join(parent, run.record.id)
    // the lock goes along, so that nobody starts on the run in between
    const lock = await lockRun(run.folder)
    await prepare(run).catch(async (error: unknown) => {
      await lock.release()
      throw error
    })
    await rename(run.folder, folder)
    await removeLocks(folder)
    if (basename(parent) !== TRASH) await rm(runFiles(folder).trashed, { force: true })
    await store?.put(await entryOf(folder))
    folders.push(folder)
  }
  return folders
}

async function removeLocks(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('.lock-'))
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })))
}

async function requireIdle(runs: readonly Run[]): Promise<void> {
  for (const { folder, record } of runs) {
    if (!(await isRunLocked(folder))) continue
    throw new AtelierError('RUN_LOCKED', `${record.id} is at work.`, {
      hint: 'Stop it first, or wait until it ends.',
    })
  }
}

/** Throws RUN_EXISTS where a folder is that a run shall be moved to. */
export async function requireRoom(
  parent: string,
  runs: readonly { readonly record: { readonly id: string } }[],
): Promise<void> {
  for (const { record } of runs) {
    const isTaken = await stat(join(parent, record.id)).then(
      () => true,
      () => false,
    )
    if (!isTaken) continue
    throw new AtelierError('RUN_EXISTS', `There is a ${record.id} in ${parent} already.`, {
      hint: `Look at it with \`atelier runs show ${record.id}\`; nothing was changed.`,
    })
  }
}

/** All that is in the trash, also what a deletion that was stopped left of a run. */
export async function trashedIds(root: string): Promise<string[]> {
  const entries = await readdir(trashOf(root), { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
