import { readdir, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { artifactSchema } from '../contracts/index.ts'
import { AtelierError, type Progress, silentProgress } from '../core/index.ts'
import { PointColumns } from './metric-points.ts'
import { streamMetrics } from './metrics-log.ts'
import { openRun, type Run } from './run.ts'
import { isRunLocked } from './run-lock.ts'
import type { RunEntry, RunStore } from './run-store.ts'

/** Under the folder of runs: where deleted ones wait. */
export const TRASH = '.trash'
const POINTS_AT_ONCE = 50_000
const PAGE = 500

const provenanceSchema = z.array(z.object({ key: z.string(), origin: z.string() }))
const trashedSchema = z.object({ trashed: z.iso.datetime() })

/**
 * All that the store holds of the run in `folder`, read from its files. What a run lacks, an older
 * one or one of another program, is empty. Throws RUN_NOT_FOUND.
 */
export async function entryOf(folder: string): Promise<RunEntry> {
  const { record, files } = await openRun(folder)
  const overrides = await readOptional(files.overrides, parse)
  const inTrash = basename(dirname(resolve(folder))) === TRASH
  const trashed = inTrash ? await readOptional(files.trashed, JSON.parse) : undefined
  return {
    record,
    config: await readConfig(files.config),
    overrides: Array.isArray(overrides) ? overrides.map(String) : [],
    provenance: valid(provenanceSchema, await readOptional(files.provenance, JSON.parse)) ?? [],
    artifacts:
      valid(z.array(artifactSchema), await readOptional(files.artifacts, JSON.parse)) ?? [],
    folder: resolve(folder),
    trashed: inTrash ? (valid(trashedSchema, trashed)?.trashed ?? record.updated) : null,
  }
}

async function readConfig(path: string): Promise<Record<string, unknown>> {
  const value: unknown = await readOptional(path, parse)
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMap ? (value as Record<string, unknown>) : {}
}

/** Undefined where there is no such file, or a half one. */
async function readOptional(path: string, parseText: (text: string) => unknown): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return parseText(text)
  } catch {
    return undefined
  }
}

function valid<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

export interface ReindexResult {
  /** Runs put into the store, those in the trash with them. */
  readonly runs: number
  /** Entries whose folder is gone. */
  readonly dropped: readonly string[]
  /** Runs whose metrics the store did not have as they are, and now has. */
  readonly rewritten: readonly string[]
  /** Folders with a run.json or metrics that cannot be read. */
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
  const folders = await runFolders(root)
  const bar = progress.start({ label: 'reindex', total: folders.length, unit: 'runs' })
  const seen = new Set<string>()
  const rewritten: string[] = []
  const unreadable: string[] = []
  for (const [done, folder] of folders.entries()) {
    try {
      const run = await openRun(folder)
      seen.add(run.record.id)
      if (await indexRun(run, store)) rewritten.push(run.record.id)
    } catch (error) {
      // one damaged file must not keep the other runs out
      if (isStoreError(error)) throw error
      unreadable.push(folder)
    }
    bar.update(done + 1)
  }
  bar.finish()
  return { runs: seen.size, dropped: await dropGone(root, store, seen), rewritten, unreadable }
}

/** Puts one run and its metrics into the store. Gives whether its metrics were written anew. */
export async function indexRun(run: Run, store: RunStore): Promise<boolean> {
  await store.put(await entryOf(run.folder))
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

/** Folders with a run.json under `root` and in its trash, in order of their names. */
export async function runFolders(root: string): Promise<string[]> {
  const found: string[] = []
  for (const parent of [root, join(root, TRASH)]) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
    for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith('.')) continue
      const folder = join(parent, name)
      if (await isFile(join(folder, 'run.json'))) found.push(folder)
    }
  }
  return found
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

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  )
}

function isStoreError(error: unknown): boolean {
  return error instanceof AtelierError && error.code.startsWith('STORE_')
}
