import { join } from 'node:path'
import { writeFileAtomic } from '../core/index.ts'
import { renderVegaLite } from '../figures/index.ts'
import { trainAccuracySpec, trainLossSpec } from './curve-figures.ts'
import type { TrainingCurves } from './training-curves.ts'

/** Draws the learning curves into `folder` as train_loss.png and train_accuracy.png; gives the paths. */
export async function writeTrainingFigures(
  folder: string,
  curves: TrainingCurves,
): Promise<readonly string[]> {
  const specs = { train_loss: trainLossSpec(curves), train_accuracy: trainAccuracySpec(curves) }
  const paths: string[] = []
  for (const [name, spec] of Object.entries(specs)) {
    const path = join(folder, `${name}.png`)
    await writeFileAtomic(path, (await renderVegaLite(spec)).png)
    paths.push(path)
  }
  return paths
}
