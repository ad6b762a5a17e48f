import type { RunStore } from '../../tracking/index.ts'
import { type ArtifactPlace, openArtifactPlace } from '../mlflow/mlflow-artifacts.ts'
import { mlflowClient } from '../mlflow/mlflow-client.ts'
import { serverUri } from '../mlflow/mlflow-settings.ts'
import type { TrackerSurroundings } from '../tracker.ts'
import type { ForeignRun } from './foreign-run.ts'
import { readMlflowRuns } from './read-mlflow-runs.ts'
import { isWandbExport, readWandbExport } from './read-wandb-export.ts'
import { readWandbRun, wandbFilesAt } from './read-wandb-run.ts'
import { type ForeignImport, writeForeignRuns } from './write-foreign-run.ts'

const MLFLOW = 'mlflow:'

export interface ForeignImportOptions extends Omit<TrackerSurroundings, 'memory'> {
  /** The folder of the run folders. */
  readonly root: string
  readonly store: RunStore
  /** Address of the MLflow server where the environment has none. */
  readonly mlflowUri: string | null
}

/**
 * Takes in runs of other trackers: `mlflow:EXPERIMENT[/RUN_ID]` from a server; a `.wandb` file, a
 * run's folder, `wandb/` with several, or a folder of downloaded files of W&B's. Undefined where the
 * source, an absolute path, is none of these. Throws IMPORT_INVALID, TRACKER_SETTINGS,
 * TRACKER_UNREACHABLE, TRACKER_REFUSED.
 */
export async function importForeignRuns(
  source: string,
  options: ForeignImportOptions,
): Promise<ForeignImport | undefined> {
  const { root, store } = options
  if (source.startsWith(MLFLOW)) return importMlflow(source.slice(MLFLOW.length), options)
  if (await isWandbExport(source)) {
    return writeForeignRuns(root, inTurn([() => readWandbExport(source)]), store)
  }
  const files = await wandbFilesAt(source)
  if (files.length === 0) return undefined
  return writeForeignRuns(root, inTurn(files.map((file) => () => readWandbRun(file))), store)
}

async function* inTurn(reads: readonly (() => Promise<ForeignRun>)[]): AsyncGenerator<ForeignRun> {
  for (const read of reads) yield await read()
}

async function importMlflow(what: string, options: ForeignImportOptions): Promise<ForeignImport> {
  const { root, store, env, mlflowUri, signal } = options
  const client = mlflowClient(serverUri(env['MLFLOW_TRACKING_URI'] || mlflowUri), options)
  const places = new Map<string, ArtifactPlace>()
  const readArtifact = async (artifactUri: string, path: string) => {
    const place = places.get(artifactUri) ?? (await openArtifactPlace(client, artifactUri, signal))
    places.set(artifactUri, place)
    return place.read(path)
  }
  try {
    return await writeForeignRuns(root, readMlflowRuns(client, what, readArtifact), store)
  } finally {
    for (const place of places.values()) await place.close()
  }
}
