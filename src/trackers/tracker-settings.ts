import { join, resolve } from 'node:path'
import type { Config } from '../contracts/index.ts'
import { mlflowSettings } from './mlflow/mlflow-settings.ts'
import type { TrackedRecord, TrackerSettings } from './settings.ts'
import { wandbKey, wandbSettings } from './wandb/wandb-settings.ts'

export interface SettingsPlace {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that relative paths start from. */
  readonly cwd: string
}

/**
 * Where a run shall go, by its configuration and the environment, which goes before it. Throws
 * TRACKER_SETTINGS for a tracker that lacks its address or key.
 */
export function trackerSettings(
  config: Config,
  record: TrackedRecord,
  { env, cwd }: SettingsPlace,
): TrackerSettings[] {
  const { mlflow, tensorboard } = config.tracking
  const wandb = wandbSettings(config, record, env, cwd)
  if (wandb?.mode === 'online') wandbKey(env)
  return [
    ...(wandb === undefined ? [] : [wandb]),
    ...(mlflow.enabled ? [mlflowSettings(config, env)] : []),
    ...(tensorboard.enabled
      ? [
          {
            tracker: 'tensorboard',
            folder: join(resolve(cwd, tensorboard.folder), record.id),
          } as const,
        ]
      : []),
  ]
}
