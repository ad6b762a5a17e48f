export { buildReport, type ReportInput } from './build-report.ts'
export {
  type EvaluationInput,
  type EvaluationResult,
  evaluateBundle,
  requireFit,
} from './evaluate-bundle.ts'
export { fitTemperature } from './fit-temperature.ts'
export type { Predictions } from './predictions.ts'
export { type FigureName, type Figures, renderFigures } from './render-figures.ts'
export type { Mistake } from './report-sections.ts'
export type { EpochPoint, StepPoint, TrainingCurves } from './training-curves.ts'
export {
  type EvaluationDetails,
  type EvaluationFiles,
  writeEvaluation,
} from './write-evaluation.ts'
