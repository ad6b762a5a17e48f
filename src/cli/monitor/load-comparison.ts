import { resolve } from 'node:path'
import type { PredictionModel, ProjectConfig } from '../../contracts/index.ts'
import { AtelierError } from '../../core/index.ts'
import {
  chooseModel,
  loadReference,
  type MonitoredReference,
  type PredictionStore,
  type PredictionWindow,
  readCsvWindow,
  readWindow,
} from '../../monitoring/index.ts'
import { findRun } from '../../tracking/index.ts'
import type { CommandContext } from '../context.ts'
import { parseReference } from '../models/model-reference.ts'
import { withConfiguredRegistry } from '../models/with-registry.ts'
import { openLog } from './open-log.ts'
import { type WindowChoice, windowQuery } from './window-options.ts'

/** Of a store of predictions, where no window is asked for; a CSV file is read whole. */
const NEWEST = 1000

export interface ComparisonChoice extends WindowChoice {
  readonly reference: string | undefined
}

export interface Comparison {
  readonly reference: MonitoredReference
  readonly window: PredictionWindow
}

/** A window of logged predictions and what to hold it against. Throws WINDOW_EMPTY, REFERENCE_NOT_FOUND … */
export async function loadComparison(
  context: CommandContext,
  config: ProjectConfig,
  choice: ComparisonChoice,
): Promise<Comparison> {
  const { csv, stored } = openLog(context, config, choice.log)
  const query = windowQuery(context, choice)
  if (csv !== undefined) {
    const window = await readCsvWindow(csv, query)
    return { window, reference: await referenceOf(context, config, window, choice.reference) }
  }
  const isOpen = Object.values(query).every((value) => value === undefined)
  const window = await stored(async (store) => {
    const model = await wantedModel(context, config, store, choice.model)
    return readWindow(store, model, isOpen ? { last: NEWEST } : query)
  })
  return { window, reference: await referenceOf(context, config, window, choice.reference) }
}

/** The reference that was asked for, else that of the run that made the window's model. */
export async function referenceOf(
  context: CommandContext,
  config: ProjectConfig,
  { model }: PredictionWindow,
  given: string | undefined,
): Promise<MonitoredReference> {
  if (given !== undefined || model === null) return givenReference(context, config, given)
  return runReference(config, context.cwd, await runOf(context, config, model))
}

/** The logged model that a person means. Throws WINDOW_EMPTY, MODEL_NOT_FOUND. */
export async function wantedModel(
  context: CommandContext,
  config: ProjectConfig,
  store: PredictionStore,
  wanted: string | undefined,
): Promise<LoggedName> {
  if (wanted === undefined) return (await chooseModel(store, {})).model
  if (!/[/@]|^\d+$/.test(wanted)) return (await chooseModel(store, { model: wanted })).model
  const { name, version } = await withConfiguredRegistry(context, config, (registry) =>
    registry.version(parseReference(wanted, config.registry.name)),
  )
  return (await chooseModel(store, { model: name, version })).model
}

type LoggedName = Pick<PredictionModel, 'name' | 'version' | 'sha256'>

/** The run that made a logged model. */
async function runOf(
  context: CommandContext,
  config: ProjectConfig,
  { name, version }: LoggedName,
): Promise<string> {
  if (version === null) return name
  const known = await withConfiguredRegistry(context, config, (registry) =>
    registry.version({ name, version }),
  )
  return known.lineage.manifest.run_id
}

async function givenReference(
  { cwd }: CommandContext,
  config: ProjectConfig,
  given: string | undefined,
): Promise<MonitoredReference> {
  if (given === undefined) {
    throw new AtelierError(
      'REFERENCE_NOT_FOUND',
      'A CSV log does not say which model it is of, so there is no reference to hold it against.',
      { hint: 'Name the run that made the model, or a CSV file: `--reference RUN|FILE`.' },
    )
  }
  if (/\.(csv|safetensors)$/.test(given)) return loadReference(resolve(cwd, given), given)
  const run = await findRun(resolve(cwd, config.paths.runs), given, 'completed')
  return runReference(config, cwd, run.record.id)
}

function runReference({ paths }: ProjectConfig, cwd: string, id: string) {
  const path = `${paths.runs}/${id}/reference.safetensors`
  return loadReference(resolve(cwd, path), path)
}
