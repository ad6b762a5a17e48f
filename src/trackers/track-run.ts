import type { Clock, Logger } from '../core/index.ts'
import type { TrackerSettings } from './settings.ts'
import { TrackedRun } from './tracked-run.ts'
import type { TrackerSurroundings } from './tracker.ts'
import { newState, readState, writeState } from './tracker-state.ts'

const TICK_MS = 1000
/** How long one is waited for at the end that did not answer before. */
const FAILING_MS = 3000

export interface TrackOptions extends Pick<TrackerSurroundings, 'env' | 'fetch'> {
  /** Of the run. */
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
}

/** A run on its way to other trackers. */
export interface RunTrackers {
  /** Sends what is left of a run that has ended, for at most so long. Never throws. */
  end(milliseconds: number): Promise<void>
}

/**
 * Sends a run to other trackers while it works, about once a second, by reading its folder. Nothing
 * here throws or is waited for: what a tracker missed is in the run's folder, for `syncRun`.
 */
export async function trackRun(
  settings: readonly TrackerSettings[],
  options: TrackOptions,
): Promise<RunTrackers> {
  const tracked = await Promise.all(settings.map((one) => startTracking(one, options)))
  const timers = tracked.map((one) => setInterval(() => one.tick(), TICK_MS).unref())
  return {
    end: async (milliseconds) => {
      for (const timer of timers) clearInterval(timer)
      await Promise.all(tracked.map((one) => endTracking(one, options, milliseconds)))
    },
  }
}

async function startTracking(settings: TrackerSettings, options: TrackOptions) {
  const known = await readState(options.folder, settings.tracker)
  // a run that is continued goes on where it went before
  const state = known === undefined ? newState(settings) : { ...known, complete: null }
  await writeState(options.folder, state).catch(() => {})
  return new TrackedRun({ ...options, state })
}

async function endTracking(
  tracked: TrackedRun,
  { logger }: TrackOptions,
  milliseconds: number,
): Promise<void> {
  const most = tracked.failure === undefined ? milliseconds : Math.min(milliseconds, FAILING_MS)
  const isSent = await tracked.end(most)
  if (isSent) logger.info(`${tracked.title}: ${tracked.place ?? 'nothing to send'}`)
  else {
    logger.warn(
      `${tracked.title} has not all of the run: ${tracked.failure} It is kept; send it with \`atelier sync\`.`,
    )
  }
}
