import { join } from 'node:path'
import { AtelierError, type Clock, systemClock } from '../core/index.ts'
import { openRun, type RecordChange, type Run, updateRun } from './run.ts'
import { entryOf } from './run-entry.ts'
import type { RunStore } from './run-store.ts'

export interface RunsChange {
  /** Kept up with what changes in the folders; absent: none. */
  readonly store?: RunStore | undefined
  readonly clock?: Clock | undefined
}

export interface TagChange {
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
}

/** Adds and takes away tags, also of runs at work. Throws RUN_NOT_FOUND, RUN_VALUE_INVALID. */
export async function tagRuns(
  root: string,
  ids: readonly string[],
  { add = [], remove = [] }: TagChange,
  options: RunsChange = {},
): Promise<Run[]> {
  for (const tag of add) {
    if (tag.trim() === '' || tag !== tag.trim()) {
      throw new AtelierError('RUN_VALUE_INVALID', `"${tag}" is not a tag.`, {
        hint: 'A tag is a word or some words, without space around them.',
      })
    }
  }
  const runs = await openRuns(root, ids)
  const change = ({ tags }: Run['record']) => ({
    tags: [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag)),
  })
  return Promise.all(runs.map((run) => relabel(run, change, options)))
}

/** Replaces the notes of a run; empty text takes them away. Throws RUN_NOT_FOUND. */
export async function noteRun(
  root: string,
  id: string,
  notes: string,
  options: RunsChange = {},
): Promise<Run> {
  const [run] = await openRuns(root, [id])
  return relabel(run!, { notes }, options)
}

async function relabel(
  run: Run,
  change: RecordChange,
  { store, clock = systemClock }: RunsChange,
): Promise<Run> {
  const changed = await updateRun(run, clock, change)
  await store?.put(await entryOf(run.folder))
  return changed
}

/** Runs by their whole ids, all of them or none. Throws RUN_NOT_FOUND. */
export async function openRuns(root: string, ids: readonly string[]): Promise<Run[]> {
  return Promise.all([...new Set(ids)].map((id) => openRun(join(root, requireId(id)))))
}

/** An id that is one folder name, and of no hidden folder. Throws RUN_NOT_FOUND. */
export function requireId(id: string): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(id)) return id
  throw new AtelierError('RUN_NOT_FOUND', `"${id}" is not the id of a run.`, {
    hint: 'List the runs with `atelier runs ls`.',
  })
}
