import { dirname, relative, resolve } from 'node:path'
import type { Config, DatasetManifest } from '../contracts/index.ts'
import type { Dataset } from '../data/index.ts'
import { cautiousTemperature } from '../evaluation/index.ts'
import type { Run } from '../tracking/index.ts'
import {
  type Profile,
  resumeTraining,
  type TrainOptions,
  type TrainResult,
  trainModel,
} from '../training/index.ts'
import { type CommandContext, printResult } from './context.ts'
import { epochTable } from './epoch-table.ts'
import { storeOpener } from './open-store.ts'
import { ownVersion } from './own-version.ts'
import { plural } from './plural.ts'
import { formatDuration } from './progress-line.ts'
import { drawTraining } from './run-files.ts'
import { formatTable } from './table.ts'
import { withTrackers } from './track-training.ts'

export interface TrainingRequest {
  readonly run: Run
  readonly config: Config
  readonly dataset: Dataset
  readonly profile: boolean
  /** Whether the model goes to where servers look for it, too. */
  readonly publish: boolean
}

/** Trains a new run and prints the result. */
export async function startTraining(
  context: CommandContext,
  request: TrainingRequest,
): Promise<TrainResult> {
  return withTrackers(context, request, async (tracked) => {
    const result = await train(tracked, request)
    printTraining(tracked, result)
    return result
  })
}

/** Trains a new run, saying before what it is. */
export async function train(
  context: CommandContext,
  request: TrainingRequest,
): Promise<TrainResult> {
  const { config, dataset, run } = request
  context.logger.info(trainingHeader(config, dataset.manifest, run))
  return drawn(context, request, await trainModel(await optionsOf(context, request)))
}

/** The same for a run that was stopped. */
export async function continueTraining(
  context: CommandContext,
  request: TrainingRequest,
): Promise<void> {
  await withTrackers(context, request, async (tracked) => {
    const result = await resumeTraining(await optionsOf(tracked, request))
    printTraining(tracked, await drawn(tracked, request, result))
  })
}

async function optionsOf(context: CommandContext, request: TrainingRequest): Promise<TrainOptions> {
  const { progress, logger, clock, signal, env } = context
  const profile = request.profile || env['PROFILE'] === '1'
  const producer = `atelier ${await ownVersion(context.packageRoot)}`
  const openStore = storeOpener(context, request.config)
  const given = { progress, logger, clock, signal, producer, openStore }
  const surroundings = { ...given, fitTemperature: cautiousTemperature, profile }
  if (!isPublished(request)) return { ...request, ...surroundings }
  const publishTo = resolve(context.cwd, request.config.paths.models)
  return { ...request, ...surroundings, publishTo }
}

/** The trials of a sweep must not take turns at being the model that is served. */
function isPublished({ publish, run }: TrainingRequest): boolean {
  return publish && run.record.sweep === null
}

/** Draws the curves into the run's folder. */
async function drawn(
  context: CommandContext,
  request: TrainingRequest,
  result: TrainResult,
): Promise<TrainResult> {
  await drawTraining(context, result.run, request.config, isPublished(request))
  return result
}

function printTraining(context: CommandContext, result: TrainResult): void {
  printResult(context, resultJson(result), () => resultText(context, result))
}

/** What is about to be trained. */
function trainingHeader(config: Config, data: DatasetManifest, { record }: Run): string {
  const { train, val } = data.splits
  const { height, width } = data.geometry
  const { batch_size, learning_rate, epochs } = config.hyperparameters
  return [
    `run    ${record.id}`,
    `data   ${data.name}: ${train.size} training and ${val.size} validation images, ${width} × ${height}, ${data.classes.length} classes`,
    `model  ${config.model.type}, ${groupDigits(record.parameters ?? 0)} parameters, seed ${config.seed}`,
    `steps  ${config.optimizer.name} at ${learning_rate} (${config.schedule.name}), batch ${batch_size}, ${plural(epochs, 'epoch')}, ${plural(config.trainer.threads, 'thread')}`,
  ].join('\n')
}

function resultJson({ run, model, manifest, epochs, times, profile }: TrainResult) {
  const { record, folder } = run
  return { run: record, folder, model, manifest, epochs, times, profile: profile ?? null }
}

function resultText(context: CommandContext, result: TrainResult): string {
  const { run, model, epochs, best, manifest, profile } = result
  const near = (path: string) => relative(context.cwd, path) || '.'
  const parts = [
    ...(profile === undefined ? [] : [profileTable(profile, near(dirname(profile.trace)))]),
    epochTable(epochs),
    `Best on validation: epoch ${best.epoch}, accuracy ${best.val_accuracy.toFixed(4)}. ${groupDigits(manifest.parameters)} parameters, trained in ${formatDuration(run.record.seconds * 1000)}.`,
    `Model ${near(model)} (weights ${result.weightDigest.slice(0, 12)}), run ${near(run.folder)}`,
    `Next: atelier evaluate ${run.record.id}`,
  ]
  return parts.join('\n\n')
}

const SHOWN_OPERATORS = 12

function profileTable({ operators, steps }: Profile, folder: string): string {
  const rows = operators
    .slice(0, SHOWN_OPERATORS)
    .map(({ operator, calls, milliseconds, share }) => [
      operator,
      String(calls),
      (milliseconds / steps).toFixed(2),
      `${(100 * share).toFixed(1)} %`,
    ])
  const table = formatTable(
    [
      { title: 'operator' },
      { title: 'calls', align: 'right' },
      { title: 'ms a step', align: 'right' },
      { title: 'share', align: 'right' },
    ],
    rows,
  )
  return `Profile of ${steps} steps; all of it in ${folder}, trace.json for ui.perfetto.dev\n${table}`
}

function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
