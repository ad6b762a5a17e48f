import { MlflowRun } from './mlflow/mlflow-run.ts'
import type { TrackerSettings } from './settings.ts'
import { EventRun } from './tensorboard/event-run.ts'
import type { Tracker, TrackerSurroundings } from './tracker.ts'
import { OfflineRun } from './wandb/offline-run.ts'
import { OnlineRun } from './wandb/online-run.ts'

/** Throws TRACKER_SETTINGS where a key is missing. */
export function openTracker(settings: TrackerSettings, around: TrackerSurroundings): Tracker {
  switch (settings.tracker) {
    case 'wandb':
      return settings.mode === 'offline'
        ? new OfflineRun(settings)
        : new OnlineRun(settings, around)
    case 'mlflow':
      return new MlflowRun(settings, around)
    case 'tensorboard':
      return new EventRun(settings)
  }
}

/** Whether the tracker writes files here, all of a run's each time it is opened. */
export function startsOver(settings: TrackerSettings): boolean {
  return settings.tracker === 'tensorboard' || isOffline(settings)
}

/** How long a tracker is left alone after it was told something, ms. W&B's server asks for so much. */
export function pauseOf(settings: TrackerSettings): number {
  if (startsOver(settings)) return 0
  return settings.tracker === 'wandb' ? 15_000 : 3000
}

const isOffline = (settings: TrackerSettings) =>
  settings.tracker === 'wandb' && settings.mode === 'offline'

/** As people call it. */
export function trackerTitle({ tracker }: Pick<TrackerSettings, 'tracker'>): string {
  return { wandb: 'W&B', mlflow: 'MLflow', tensorboard: 'TensorBoard' }[tracker]
}
