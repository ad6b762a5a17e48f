import type { Config } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { MlflowSettings } from '../settings.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the configuration and `MLFLOW_*` say, the environment going first. Throws TRACKER_SETTINGS. */
export function mlflowSettings({ tracking }: Config, env: Environment): MlflowSettings {
  const { mlflow, project } = tracking
  return {
    tracker: 'mlflow',
    uri: serverUri(env['MLFLOW_TRACKING_URI'] || mlflow.uri),
    experiment: env['MLFLOW_EXPERIMENT_NAME'] || mlflow.experiment || project,
    model: mlflow.model,
    register: mlflow.register,
    alias: mlflow.alias,
  }
}

/** A server's address without a slash at its end. Throws TRACKER_SETTINGS. */
export function serverUri(text: string | null): string {
  if (text === null) {
    throw new AtelierError('TRACKER_SETTINGS', 'MLflow is to be sent to, and has no address.', {
      hint: 'Set MLFLOW_TRACKING_URI or tracking.mlflow.uri to that of the server: http://localhost:5000.',
    })
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new AtelierError(
      'TRACKER_SETTINGS',
      `"${text}" is not the address of an MLflow server.`,
      {
        hint: 'Start one with `mlflow server`, and give its address: http://localhost:5000.',
      },
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw new AtelierError(
      'TRACKER_SETTINGS',
      'The address of MLflow holds a user or a password.',
      {
        hint: 'Give them as MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD: the address is kept with the run.',
      },
    )
  }
  return url.href.replace(/\/+$/, '')
}
