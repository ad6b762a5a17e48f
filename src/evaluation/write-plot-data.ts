import { join } from 'node:path'
import type { EvaluationReport } from '../contracts/index.ts'
import { type CsvValue, formatCsv, writeFileAtomic } from '../core/index.ts'
import type { TrainingCurves } from './training-curves.ts'

/** Paths of numbers for other programs: `dvc metrics` reads the JSON, `dvc plots` the CSV. */
export interface PlotData {
  readonly metrics: string
  readonly plots: readonly string[]
}

/**
 * Writes metrics.json, and into plots/ confusion.csv, a row for each image, and reliability.csv, a row for
 * each range of confidence.
 */
export async function writeEvaluationData(
  folder: string,
  report: EvaluationReport,
): Promise<PlotData> {
  const { accuracy, loss, macro_average: macro, calibration } = report
  const isCalibrated = calibration.served === 'calibrated'
  const metrics = {
    accuracy: accuracy.value,
    accuracy_low: accuracy.low,
    accuracy_high: accuracy.high,
    loss,
    precision: macro.precision,
    recall: macro.recall,
    f1: macro.f1,
    ece: isCalibrated ? calibration.ece_calibrated : calibration.ece,
    brier: isCalibrated ? calibration.brier_calibrated : calibration.brier,
  }
  const bins = isCalibrated ? calibration.bins_calibrated : calibration.bins
  return {
    metrics: await writeMetrics(join(folder, 'metrics.json'), metrics),
    plots: [
      await writePlot(folder, 'confusion', ['actual', 'predicted'], confusionRows(report)),
      await writePlot(
        folder,
        'reliability',
        ['confidence', 'accuracy', 'images'],
        bins
          .filter(({ count }) => count > 0)
          .map((bin) => [bin.confidence, bin.accuracy, bin.count]),
      ),
    ],
  }
}

function confusionRows({ classes, confusion_matrix: matrix }: EvaluationReport): CsvValue[][] {
  return matrix.flatMap((row, actual) =>
    row.flatMap((count, predicted) =>
      Array.from({ length: count }, () => [classes[actual], classes[predicted]]),
    ),
  )
}

/** Writes training.json, of the epoch that was kept, and plots/training.csv, a row for each epoch. */
export async function writeTrainingData(
  folder: string,
  { epochs }: TrainingCurves,
): Promise<PlotData> {
  const columns = ['epoch', 'train_loss', 'val_loss', 'train_accuracy', 'val_accuracy'] as const
  const kept = epochs.find(({ best }) => best) ?? epochs.at(-1)
  const metrics = Object.fromEntries(columns.map((column) => [column, kept?.[column] ?? null]))
  const rows = epochs.map((epoch) => columns.map((column) => epoch[column]))
  return {
    metrics: await writeMetrics(join(folder, 'training.json'), metrics),
    plots: [await writePlot(folder, 'training', columns, rows)],
  }
}

async function writeMetrics(
  path: string,
  metrics: Readonly<Record<string, unknown>>,
): Promise<string> {
  await writeFileAtomic(path, `${JSON.stringify(metrics, null, 2)}\n`)
  return path
}

async function writePlot(
  folder: string,
  name: string,
  header: readonly string[],
  rows: readonly (readonly CsvValue[])[],
): Promise<string> {
  const path = join(folder, 'plots', `${name}.csv`)
  await writeFileAtomic(path, `${formatCsv(header, rows)}\n`)
  return path
}
