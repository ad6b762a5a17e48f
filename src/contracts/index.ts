export {
  type AlertDelivery,
  type AlertEvent,
  type AlertRoute,
  type AlertRule,
  type AlertStatus,
  type AlertsAnswer,
  type AlertsConfig,
  alertEventSchema,
  alertsSchema,
  type UndeliveredAlert,
} from './alert.ts'
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
  type ProjectConfig,
  projectConfigSchema,
  type SketchDataConfig,
} from './config.ts'
export {
  type DatasetManifest,
  datasetManifestSchema,
  type SplitManifest,
  type SplitName,
} from './dataset.ts'
export { type DriftCheck, driftCheckSchema } from './drift-check.ts'
export {
  type DriftAnswer,
  type DriftLevel,
  type DriftQuery,
  type DriftReport,
  type DriftSource,
  driftLevelSchema,
  driftReportSchema,
} from './drift-report.ts'
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
export type { HistoryAnswer, HistoryQuery, MonitorSource, MonitorState } from './monitor.ts'
export { type MonitoringConfig, monitoringSchema } from './monitoring-config.ts'
export type { PredictionFeedback, PredictionModel, PredictionRecord } from './prediction.ts'
export {
  REFERENCE_FEATURE,
  REFERENCE_HEADER_KEY,
  type ReferenceHeader,
  type ReferenceRows,
  referenceHeaderSchema,
} from './reference.ts'
export {
  type HistoryEntry,
  historyEntrySchema,
  type ModelAlias,
  type ModelLineage,
  type ModelVersion,
  modelAliasSchema,
  modelLineageSchema,
  modelVersionSchema,
  type RegisteredEvaluation,
  type RegistryAction,
  registeredEvaluationSchema,
  registryActionSchema,
} from './registry.ts'
export {
  type GateConfig,
  type GithubConfig,
  gateSchema,
  registrySchema,
  type WebhookConfig,
} from './registry-config.ts'
export {
  type RegistryEvent,
  type RegistryEventName,
  registryEventNameSchema,
  registryEventSchema,
} from './registry-event.ts'
export {
  type DifferenceInterval,
  type GateCheck,
  type GateCheckName,
  type GateVerdict,
  gateCheckNameSchema,
  gateVerdictSchema,
  type JudgedModel,
  type McNemarResult,
} from './registry-gate.ts'
export {
  type CorruptedSetsManifest,
  type CorruptionName,
  corruptedSetsSchema,
  corruptionNameSchema,
  corruptionNames,
  type ErrorTable,
  type RobustnessReport,
  robustnessReportSchema,
  type Severity,
  severities,
} from './robustness.ts'
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
export {
  type BatchAnswer,
  type BatchResult,
  batchAnswerSchema,
  batchResultSchema,
  type ClassesAnswer,
  classesAnswerSchema,
  type FeedbackAnswer,
  type FeedbackBody,
  feedbackAnswerSchema,
  feedbackBodySchema,
  type HealthAnswer,
  healthAnswerSchema,
  type ModelInput,
  modelInputSchema,
  type PredictAnswer,
  predictAnswerSchema,
  type ReadyAnswer,
  type RootAnswer,
  readyAnswerSchema,
  rootAnswerSchema,
  type ServedModel,
  type ServiceError,
  servedModelSchema,
  serviceErrorSchema,
  type VersionAnswer,
  versionAnswerSchema,
} from './service.ts'
export { type ServingConfig, servingSchema } from './serving-config.ts'
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
