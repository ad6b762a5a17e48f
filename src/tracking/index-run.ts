import { hostname } from 'node:os'
import { basename, resolve, sep } from 'node:path'
import { AtelierError, type Progress, silentProgress } from '../core/index.ts'
import { PointColumns } from './metric-points.ts'
import { streamMetrics } from './metrics-log.ts'
import { openRun, type Run } from './run.ts'
import { entryOf } from './run-entry.ts'
import { runFolders } from './run-folders.ts'
import { isRunLocked } from './run-lock.ts'
import type { RunEntry, RunStore } from './run-store.ts'

const POINTS_AT_ONCE = 50_000
const PAGE = 500
const RUNS_AT_ONCE = 200

export interface ReindexResult {
  /** Runs put into the store, those in the trash with them. */
  readonly runs: number
  /** Entries whose folder is gone. */
  readonly dropped: readonly string[]
  /** Runs whose metrics the store did not have as they are, and now has. */
  readonly rewritten: readonly string[]
  /** Folders with a run.json or metrics that cannot be read, and copies of a run under another name. */
  readonly unreadable: readonly string[]
}

/**
 * Makes the store say what the folders under `root` say. Repeated, it changes nothing. The metrics
 * of a run that works are left to its own process, which compares them when it ends.
 */
export async function reindex(
  root: string,
  store: RunStore,
  { progress = silentProgress }: { readonly progress?: Progress } = {},
): Promise<ReindexResult> {
  const { runs, unreadable } = await openAll(await runFolders(root))
  const bar = progress.start({ label: 'reindex', total: runs.size, unit: 'runs' })
  const rewritten: string[] = []
  const all = [...runs.values()]
  for (let at = 0; at < all.length; at += RUNS_AT_ONCE) {
    const some = all.slice(at, at + RUNS_AT_ONCE)
    const entries = await Promise.all(some.map(({ folder }) => entryOf(folder).catch(() => [])))
    await store.putAll(entries.flat())
    for (const run of some) {
      try {
        if (await indexPoints(run, store)) rewritten.push(run.record.id)
      } catch (error) {
        // one damaged file must not keep the other runs out
        if (isStoreError(error)) throw error
        unreadable.push(run.folder)
      }
    }
    bar.update(at + some.length)
  }
  bar.finish()
  const dropped = await dropGone(root, store, new Set(runs.keys()))
  return { runs: runs.size, dropped, rewritten, unreadable }
}

/** Runs by id. Of several folders with one id, the one that is named for it, else the first. */
async function openAll(folders: readonly string[]) {
  const runs = new Map<string, Run>()
  const unreadable: string[] = []
  for (const folder of folders) {
    const run = await openRun(folder).catch(() => undefined)
    const known = run && runs.get(run.record.id)
    if (run !== undefined && (known === undefined || (isNamed(run) && !isNamed(known)))) {
      if (known !== undefined) unreadable.push(known.folder)
      runs.set(run.record.id, run)
    } else unreadable.push(folder)
  }
  return { runs, unreadable }
}

const isNamed = ({ folder, record }: Run) => basename(folder) === record.id

/** Puts one run and its metrics into the store. Gives whether its metrics were written anew. */
export async function indexRun(run: Run, store: RunStore): Promise<boolean> {
  await store.put(await entryOf(run.folder))
  return indexPoints(run, store)
}

/** Those of a run at work come from its own process. */
async function indexPoints(run: Run, store: RunStore): Promise<boolean> {
  return (await isRunLocked(run.folder)) ? false : syncPoints(run, store)
}

/**
 * Writes the run's metrics anew where the store has not as many of each as the file: after an
 * outage, or from a file that was changed. The run must be in the store, and nobody add to it.
 */
export async function syncPoints(
  { record: { id }, files }: Pick<Run, 'record' | 'files'>,
  store: RunStore,
): Promise<boolean> {
  const wanted = new Map<string, number>()
  await eachPortion(files.metrics, async (columns) => {
    for (const { metric, values } of columns.take()) {
      wanted.set(metric, (wanted.get(metric) ?? 0) + values.length)
    }
  })
  const held = await store.series(id, { buckets: 1 })
  const isSame =
    held.length === wanted.size && held.every(({ metric, count }) => wanted.get(metric) === count)
  if (isSame) return false
  await store.cutPoints(id, -1)
  await eachPortion(files.metrics, (columns) => store.addPoints(id, columns.take()))
  return true
}

async function eachPortion(path: string, use: (columns: PointColumns) => Promise<void>) {
  const columns = new PointColumns()
  for await (const line of streamMetrics(path)) {
    columns.addLine(line)
    if (columns.count >= POINTS_AT_ONCE) await use(columns)
  }
  if (columns.count > 0) await use(columns)
}

/**
 * Forgets runs that the store places under `root` and that are not there. In a database that
 * several machines share, only those of this one: another's folder of the same name is not ours.
 */
async function dropGone(
  root: string,
  store: RunStore,
  seen: ReadonlySet<string>,
): Promise<string[]> {
  const isShared = !store.description.startsWith('sqlite')
  const isOurs = ({ record, folder }: RunEntry) =>
    folder.startsWith(resolve(root) + sep) && (!isShared || record.environment.host === hostname())
  const gone: string[] = []
  for (const trashed of [false, true]) {
    for (let offset = 0; ; offset += PAGE) {
      const { entries } = await store.find({ limit: PAGE, offset, trashed })
      gone.push(...entries.filter(isOurs).flatMap(({ record: { id } }) => (seen.has(id) ? [] : id)))
      if (entries.length < PAGE) break
    }
  }
  if (gone.length > 0) await store.delete(gone)
  return gone
}

function isStoreError(error: unknown): boolean {
  return error instanceof AtelierError && error.code.startsWith('STORE_')
}
