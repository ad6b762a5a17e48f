export {
  BUNDLE_IO,
  BUNDLE_MANIFEST_KEY,
  type BundleManifest,
  bundleManifestSchema,
} from './bundle.ts'
export {
  type Config,
  configSchema,
  type DataConfig,
  type FolderDataConfig,
  type IdxDataConfig,
  type SketchDataConfig,
} from './config.ts'
export {
  type DatasetManifest,
  datasetManifestSchema,
  type SplitManifest,
  type SplitName,
} from './dataset.ts'
export { type EvaluationReport, evaluationReportSchema } from './evaluation.ts'
export {
  type FeatureSummary,
  featureSummarySchema,
  type ImageGeometry,
  type InputFeatureSummary,
  imageGeometrySchema,
  inputFeatureSummarySchema,
  type Preprocessing,
  preprocessingSchema,
} from './image.ts'
export {
  type Artifact,
  artifactSchema,
  type BestEpoch,
  type EpochMetrics,
  type MetricsLine,
  metricsLineSchema,
  type RunEnvironment,
  type RunRecord,
  type RunStatus,
  runRecordSchema,
  runStatusSchema,
  type StepMetrics,
} from './run.ts'
export type {
  UiBest,
  UiComparedKey,
  UiComparison,
  UiConfigValue,
  UiError,
  UiFile,
  UiFiles,
  UiGoal,
  UiKeys,
  UiRun,
  UiRunPage,
  UiRunRow,
  UiSeries,
  UiSeriesList,
  UiValue,
} from './ui.ts'
