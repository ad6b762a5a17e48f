import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { digestOf, writeFileAtomic } from '../core/index.ts'
import type { Run } from '../tracking/index.ts'
import { METRICS_START, metricsPositionSchema } from './metrics-position.ts'
import { type TrackerName, type TrackerSettings, trackerSettingsSchema } from './settings.ts'

/** In a run's folder; names that begin with a dot are none of the run's own files. */
const FOLDER = '.trackers'

const trackerStateSchema = z.strictObject({
  format: z.literal('atelier-tracker'),
  version: z.literal(1),
  settings: trackerSettingsSchema,
  position: metricsPositionSchema,
  /** Bytes of `output.log` that were sent. */
  output: z.int().nonnegative(),
  /** The tracker's own. */
  memory: z.unknown(),
  /** `fingerprintOf` the run when all of it had been sent; null: never yet. */
  complete: z.string().nullable(),
  /** Why the last attempt failed. */
  failure: z.string().nullable(),
})
/** How far one run has come at one tracker: `.trackers/NAME.json` in its folder. */
export type TrackerState = z.infer<typeof trackerStateSchema>

export function newState(settings: TrackerSettings): TrackerState {
  return {
    format: 'atelier-tracker',
    version: 1,
    settings,
    position: METRICS_START,
    output: 0,
    memory: null,
    complete: null,
    failure: null,
  }
}

/** Undefined where the run is not sent to that tracker, or its file cannot be read: all is sent again then. */
export async function readState(
  folder: string,
  tracker: TrackerName,
): Promise<TrackerState | undefined> {
  const path = join(folder, FOLDER, `${tracker}.json`)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return trackerStateSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The trackers that a run is sent to. */
export async function readStates(folder: string): Promise<TrackerState[]> {
  const names = await readdir(join(folder, FOLDER)).catch(() => [])
  const trackers = names.flatMap(
    (name) => /^(wandb|mlflow|tensorboard)\.json$/.exec(name)?.[1] ?? [],
  )
  const states = await Promise.all(
    trackers.sort().map((name) => readState(folder, name as TrackerName)),
  )
  return states.filter((state) => state !== undefined)
}

export async function writeState(folder: string, state: TrackerState): Promise<void> {
  await mkdir(join(folder, FOLDER), { recursive: true })
  const path = join(folder, FOLDER, `${state.settings.tracker}.json`)
  await writeFileAtomic(path, `${JSON.stringify(state, null, 1)}\n`)
}

/** Another one when there is something new to send of an ended run. */
export async function fingerprintOf({ record, files }: Run): Promise<string> {
  const artifacts = await readFile(files.artifacts, 'utf8').catch(() => '')
  const { updated: _, ...what } = record
  return digestOf({ what, artifacts })
}
