import type { EvaluationReport } from '../contracts/index.ts'
import { type Figure, renderVegaLite, type VegaLiteSpec } from '../figures/index.ts'
import { trainAccuracySpec, trainLossSpec } from './curve-figures.ts'
import { classificationReportSpec, confusionMatrixSpec } from './matrix-figures.ts'
import { testAccuracySpec } from './test-accuracy-figure.ts'
import type { TrainingCurves } from './training-curves.ts'

/** The names are those of the Python original's `reports/figures`. */
export type FigureName =
  | 'train_loss'
  | 'train_accuracy'
  | 'test_accuracy'
  | 'confusion_matrix_normalized'
  | 'classification_report'

export type Figures = Readonly<Partial<Record<FigureName, Figure>>>

/** Draws all figures; the two of training only where there are curves (a foreign model has none). */
export async function renderFigures(
  report: EvaluationReport,
  curves?: TrainingCurves,
): Promise<Figures> {
  const specs: Partial<Record<FigureName, VegaLiteSpec>> = {
    ...(curves && { train_loss: trainLossSpec(curves), train_accuracy: trainAccuracySpec(curves) }),
    test_accuracy: testAccuracySpec(report, curves),
    confusion_matrix_normalized: confusionMatrixSpec(report),
    classification_report: classificationReportSpec(report),
  }
  const figures: Partial<Record<FigureName, Figure>> = {}
  for (const [name, spec] of Object.entries(specs)) {
    figures[name as FigureName] = await renderVegaLite(spec)
  }
  return figures
}
