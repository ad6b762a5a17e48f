export type { CheckedQuestion } from './check-question.ts'
export {
  checkReport,
  type ReportCheck,
  type ReportCheckOptions,
  type ReportProblem,
} from './check-report.ts'
export {
  type ComparedSide,
  type Comparison,
  compareSides,
  type MetricChange,
  type SideEvaluation,
  type Verdict,
} from './compare-sides.ts'
export { type FindImage, type ImageFile, imageFinder } from './image-file.ts'
export { type Limits, limitsText } from './limits.ts'
export { type LinkedFigure, pullRequestText } from './pull-request-text.ts'
export type { CheckedImage, ProblemKind, QuestionProblem } from './question-problems.ts'
export type { Wanted, WordLimits } from './read-wants.ts'
export { type ReportPage, type ReportPageOptions, reportPage } from './report-page.ts'
