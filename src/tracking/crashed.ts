import { type Clock, systemClock } from '../core/index.ts'
import { syncPoints } from './index-run.ts'
import { openRun, type Run, updateRun } from './run.ts'
import { entryOf } from './run-entry.ts'
import { type LockState, lockRun, lockState } from './run-lock.ts'
import type { Filter, RunEntry, RunStore } from './run-store.ts'

/** How old the heartbeat of a process on another machine is when it is taken for dead. */
const DEAD_AFTER_MS = 45_000
/** A run is made a moment before its lock. */
const STARTING_MS = 30_000
const PAGE = 500
const RUNNING: Filter = { kind: 'compare', key: 'status', operator: '=', value: 'running' }

/**
 * The run as it really stands: one that calls itself running, and whose process is gone, has
 * crashed. That is written to its record, unless the process was another machine's, which may only
 * be out of reach.
 */
export async function settleRun(run: Run, clock: Clock = systemClock): Promise<Run> {
  if (run.record.status !== 'running') return run
  const state = await lockState(run.folder)
  if (!isDead(run, state, clock.now())) return run
  const crashed = { ...run, record: { ...run.record, status: 'crashed' as const } }
  return state.kind === 'remote' ? crashed : writeCrashed(run, crashed, clock)
}

function isDead({ record }: Run, state: LockState, now: number): boolean {
  switch (state.kind) {
    case 'free':
      return now - Date.parse(record.updated) > STARTING_MS
    case 'remote':
      return now - state.beat > DEAD_AFTER_MS
    case 'dead':
      return true
    case 'alive':
      return false
  }
}

/** Under the run's lock, so that one who continues the run at this moment is not overwritten. */
async function writeCrashed(run: Run, crashed: Run, clock: Clock): Promise<Run> {
  try {
    const lock = await lockRun(run.folder)
    try {
      return await updateRun(run, clock, ({ status }) =>
        status === 'running' ? { status: 'crashed' } : {},
      )
    } finally {
      await lock.release()
    }
  } catch (error) {
    // locked: it was continued meanwhile; anything else: a folder that may only be read
    return (error as { code?: unknown }).code === 'RUN_LOCKED' ? openRun(run.folder) : crashed
  }
}

/**
 * Sets the status of the store's running runs right, before they are listed: by their folders
 * where those are here, by the age of the heartbeat elsewhere. Gives the ids that crashed.
 */
export async function settleStore(
  store: RunStore,
  clock: Clock = systemClock,
): Promise<readonly string[]> {
  const running = await allRunning(store)
  const crashed: string[] = []
  for (const entry of running) {
    const run = await openRun(entry.folder).catch(() => undefined)
    if (run === undefined || run.record.id !== entry.record.id) continue
    const { record } = await settleRun(run, clock)
    if (record.status === 'running') {
      const { kind } = await lockState(run.folder)
      if (kind === 'alive') await store.beat(record.id, clock.now())
      continue
    }
    await store.put({ ...(await entryOf(run.folder)), record })
    await storeLastPoints(run, store)
    if (record.status === 'crashed') crashed.push(record.id)
  }
  return [...crashed, ...(await store.markCrashed(clock.now() - DEAD_AFTER_MS))]
}

/** What the process wrote to its file and could not store any more. Under the lock: two would store it twice. */
async function storeLastPoints(run: Run, store: RunStore): Promise<void> {
  const lock = await lockRun(run.folder).catch(() => undefined)
  if (lock === undefined) return
  try {
    // a damaged file must not keep runs from being listed; `reindex` names it
    await syncPoints(run, store).catch(() => false)
  } finally {
    await lock.release()
  }
}

async function allRunning(store: RunStore): Promise<RunEntry[]> {
  const found: RunEntry[] = []
  for (;;) {
    const { entries } = await store.find({ filter: RUNNING, limit: PAGE, offset: found.length })
    found.push(...entries)
    if (entries.length < PAGE) return found
  }
}
