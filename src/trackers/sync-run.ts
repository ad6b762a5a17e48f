import { isRunLocked, lockRun, openRun } from '../tracking/index.ts'
import { trackerTitle } from './open-tracker.ts'
import type { MlflowSettings, TrackerName, TrackerSettings } from './settings.ts'
import type { TrackOptions } from './track-run.ts'
import { TrackedRun } from './tracked-run.ts'
import { fingerprintOf, newState, readStates, type TrackerState } from './tracker-state.ts'

/** For all of a run, which may have a large model. */
const SYNC_MS = 30 * 60_000

export interface SyncResult {
  readonly run: string
  readonly tracker: TrackerName
  readonly title: string
  readonly outcome: 'sent' | 'unchanged' | 'failed' | 'at work'
  readonly place: string | null
  /** Why it failed. */
  readonly failure: string | null
}

export interface SyncOptions extends TrackOptions {
  /** Trackers that the run shall go to, besides those that it went to. */
  readonly settings?: readonly TrackerSettings[]
  /** Registered model and alias that a run at MLflow gets there; null: as it was. */
  readonly registration?: Pick<MlflowSettings, 'register' | 'alias'> | undefined
  /** Sends all again, and to `settings` where the run went elsewhere. */
  readonly again?: boolean
  /** How long it may take; half an hour when left out. */
  readonly milliseconds?: number
}

/**
 * Sends what the trackers of a run miss: since it was trained, evaluated or tagged. A run at work is
 * left to its own process. Never throws for what a tracker does.
 */
export async function syncRun(options: SyncOptions): Promise<SyncResult[]> {
  const { folder } = options
  const run = await openRun(folder)
  const states = (await statesOf(options)).map((state) => registering(state, options))
  if (states.length === 0) return []
  if (await isRunLocked(folder)) {
    return states.map((state) => result(run.record.id, state, { outcome: 'at work' }))
  }
  const lock = await lockRun(folder)
  try {
    return await Promise.all(states.map((state) => syncOne(run.record.id, state, options)))
  } finally {
    await lock.release()
  }
}

async function statesOf({ folder, settings = [], again }: SyncOptions): Promise<TrackerState[]> {
  const known = await readStates(folder)
  const has = (name: TrackerName, list: readonly TrackerSettings[]) =>
    list.some(({ tracker }) => tracker === name)
  if (again) {
    const others = known.filter((state) => !has(state.settings.tracker, settings))
    return [...others.map((state) => newState(state.settings)), ...settings.map(newState)]
  }
  const went = known.map((state) => state.settings)
  return [...known, ...settings.filter(({ tracker }) => !has(tracker, went)).map(newState)]
}

/** The state of a run that is to be registered elsewhere than it was: not all of it is done. */
function registering(state: TrackerState, { registration }: SyncOptions): TrackerState {
  const { settings } = state
  if (settings.tracker !== 'mlflow' || !registration || registration.register === null) return state
  const { register, alias } = registration
  if (settings.register === register && settings.alias === alias) return state
  return { ...state, complete: null, settings: { ...settings, register, alias } }
}

async function syncOne(id: string, state: TrackerState, options: SyncOptions): Promise<SyncResult> {
  const now = await fingerprintOf(await openRun(options.folder))
  if (state.complete === now) return result(id, state, { outcome: 'unchanged' })
  const tracked = new TrackedRun({ ...options, state })
  const isSent = await tracked.end(options.milliseconds ?? SYNC_MS)
  return result(id, state, {
    outcome: isSent ? 'sent' : 'failed',
    place: tracked.place ?? null,
    failure: tracked.failure ?? null,
  })
}

function result(
  run: string,
  { settings, failure }: TrackerState,
  { outcome, ...more }: Pick<SyncResult, 'outcome'> & Partial<SyncResult>,
): SyncResult {
  const { tracker } = settings
  return { run, tracker, title: trackerTitle(settings), outcome, place: null, failure, ...more }
}
