import { lstat, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { type Clock, systemClock } from '../core/index.ts'
import { writeArtifacts } from './artifacts.ts'
import { settleRun } from './crashed.ts'
import { openRun, type Run } from './run.ts'
import { entryOf } from './run-entry.ts'
import { runFiles } from './run-files.ts'
import { runFolders } from './run-folders.ts'
import { isRunLocked } from './run-lock.ts'
import type { RunStore } from './run-store.ts'
import { trashedIds, trashOf } from './trash.ts'

const DAY_MS = 86_400_000
/** A file that is being written is younger. */
const LEFT_MS = 3_600_000
const TEMPORARY = /^\..+\.tmp$/

export interface GarbageOptions {
  /** Runs that were put into the trash longer ago are deleted; 0: all of it. */
  readonly olderThanDays: number
  /** Also the checkpoints of completed runs, which nothing continues from. */
  readonly checkpointsOfFinished: boolean
  /** Only says what would go. */
  readonly dryRun: boolean
  readonly store?: RunStore | undefined
  readonly clock?: Clock | undefined
}

export interface Garbage {
  readonly kind: 'trash' | 'leftover' | 'checkpoints'
  /** The run it belongs to; null: none. */
  readonly id: string | null
  /** Relative to the folder of runs. */
  readonly path: string
  readonly bytes: number
}

export interface GarbageResult {
  readonly items: readonly Garbage[]
  readonly bytes: number
  readonly dryRun: boolean
}

/** Finds what nobody needs under `root` and, unless it is a dry run, deletes it for good. */
export async function gc(root: string, options: GarbageOptions): Promise<GarbageResult> {
  const { dryRun, store, clock = systemClock } = options
  const items = [
    ...(await oldTrash(root, options.olderThanDays, clock)),
    ...(await leftovers(root, clock)),
    ...(options.checkpointsOfFinished ? await finishedCheckpoints(root, clock) : []),
  ]
  if (!dryRun) for (const item of items) await remove(root, item, store)
  return { items, bytes: items.reduce((sum, { bytes }) => sum + bytes, 0), dryRun }
}

async function oldTrash(root: string, days: number, clock: Clock): Promise<Garbage[]> {
  const items: Garbage[] = []
  for (const id of await trashedIds(root)) {
    const folder = join(trashOf(root), id)
    const age = clock.now() - (await trashedAt(folder))
    if (age < days * DAY_MS) continue
    const path = relative(root, folder)
    items.push({ kind: 'trash', id, path, bytes: await bytesOf(folder) })
  }
  return items
}

/** Damaged runs are garbage too: their folder tells when they were moved. */
async function trashedAt(folder: string): Promise<number> {
  const text = await readFile(runFiles(folder).trashed, 'utf8').catch(() => '')
  const time = Date.parse(/"trashed"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '')
  return Number.isNaN(time) ? (await stat(folder)).mtimeMs : time
}

/** Half-written files and imports of processes that are gone. */
async function leftovers(root: string, clock: Clock): Promise<Garbage[]> {
  const items: Garbage[] = []
  const consider = async (path: string, id: string | null) => {
    const { mtimeMs } = await lstat(path)
    if (clock.now() - mtimeMs < LEFT_MS) return
    items.push({ kind: 'leftover', id, path: relative(root, path), bytes: await bytesOf(path) })
  }
  for (const name of await namesIn(root)) {
    if (TEMPORARY.test(name)) await consider(join(root, name), null)
  }
  for (const folder of await runFolders(root)) {
    if (dirname(folder) === trashOf(root) || (await isRunLocked(folder))) continue
    for (const path of await readdir(folder, { recursive: true })) {
      if (TEMPORARY.test(basename(path))) await consider(join(folder, path), basename(folder))
    }
  }
  return items
}

async function finishedCheckpoints(root: string, clock: Clock): Promise<Garbage[]> {
  const items: Garbage[] = []
  for (const folder of await runFolders(root)) {
    if (dirname(folder) === trashOf(root)) continue
    const run = await openRun(folder).catch(() => undefined)
    if (run === undefined || !(await isFinished(run, clock))) continue
    const checkpoints = dirname(run.files.lastCheckpoint)
    const bytes = await bytesOf(checkpoints).catch(() => undefined)
    if (bytes === undefined) continue
    const path = relative(root, checkpoints)
    items.push({ kind: 'checkpoints', id: run.record.id, path, bytes })
  }
  return items
}

async function isFinished(run: Run, clock: Clock): Promise<boolean> {
  const { record } = await settleRun(run, clock)
  return record.status === 'completed' && !(await isRunLocked(run.folder))
}

async function remove(root: string, { kind, id, path }: Garbage, store: RunStore | undefined) {
  await rm(join(root, path), { recursive: true, force: true })
  if (kind === 'trash') await store?.delete([id!])
  if (kind !== 'checkpoints') return
  const folder = join(root, id!)
  await writeArtifacts({ folder, files: runFiles(folder) })
  await store?.put(await entryOf(folder))
}

/** Of a file, or of all in a folder. */
async function bytesOf(path: string): Promise<number> {
  const entry = await lstat(path)
  if (!entry.isDirectory()) return entry.size
  let bytes = 0
  for (const name of await readdir(path)) bytes += await bytesOf(join(path, name))
  return bytes
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
