export { buildReport, type ReportInput } from './build-report.ts'
export { cautiousTemperature } from './cautious-temperature.ts'
export type { ComparedCurve } from './comparison-figure.ts'
export type { ComparedRow, ComparisonPage } from './comparison-page.ts'
export {
  describeModel,
  type EvaluationInput,
  type EvaluationResult,
  evaluateBundle,
  requireFit,
} from './evaluate-bundle.ts'
export { type Predictions, predictedClasses } from './predictions.ts'
export { type FigureName, type Figures, renderFigures } from './render-figures.ts'
export { looks, type Mistake } from './report-sections.ts'
export { type ServedScores, servedScores, servedTemperature } from './served-scores.ts'
export type { SweepPage } from './sweep-page.ts'
export { count, percent } from './texts.ts'
export type { EpochPoint, StepPoint, TrainingCurves } from './training-curves.ts'
export {
  type ComparedMetricCurves,
  writeComparisonFigures,
  writeComparisonPage,
} from './write-comparison.ts'
export {
  type EvaluationDetails,
  type EvaluationFiles,
  writeEvaluation,
} from './write-evaluation.ts'
export { type PlotData, writeEvaluationData, writeTrainingData } from './write-plot-data.ts'
export { writeSweepReport } from './write-sweep-report.ts'
export { writeTrainingFigures } from './write-training-figures.ts'
