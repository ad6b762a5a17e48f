import { join, resolve } from 'node:path'
import type { Config } from '../contracts/index.ts'
import {
  type TrainingCurves,
  writeTrainingData,
  writeTrainingFigures,
} from '../evaluation/index.ts'
import { type Run, readMetrics, refreshIndex, writeArtifacts } from '../tracking/index.ts'
import type { CommandContext } from './context.ts'
import { storeOpener } from './open-store.ts'

/** What a finished run's learning curves are drawn from; undefined when it logged nothing. */
export async function trainingCurvesOf({
  files,
  record,
}: Run): Promise<TrainingCurves | undefined> {
  const lines = await readMetrics(files.metrics)
  const epochs = lines.filter((line) => line.type === 'epoch')
  if (epochs.length === 0) return undefined
  return {
    steps: lines.filter((line) => line.type === 'step'),
    // there, `best` was so far; here, it is the one that was kept
    epochs: epochs.map((line) => ({ ...line, best: line.epoch === record.best?.epoch })),
  }
}

/**
 * Draws the learning curves into the run's `figures/`, and writes them as numbers to `reports/` when the model
 * is published. The model is made: a failure here is only told.
 */
export async function drawTraining(
  context: CommandContext,
  run: Run,
  config: Config,
  isPublished: boolean,
): Promise<void> {
  try {
    const curves = await trainingCurvesOf(run)
    if (curves === undefined) return
    await writeTrainingFigures(join(run.folder, 'figures'), curves)
    if (isPublished) await writeTrainingData(resolve(context.cwd, config.paths.reports), curves)
    await noteFiles(context, run, config)
  } catch (error) {
    context.logger.warn(`the learning curves could not be drawn: ${(error as Error).message}`)
  }
}

/** The run has files now that it did not have: they are listed with their digests. */
export async function noteFiles(context: CommandContext, run: Run, config: Config): Promise<void> {
  await writeArtifacts(run)
  await refreshIndex([run.folder], storeOpener(context, config), context.logger)
}
