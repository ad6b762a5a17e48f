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
export { type DatasetManifest, datasetManifestSchema, type SplitName } from './dataset.ts'
export { type EvaluationReport, evaluationReportSchema } from './evaluation.ts'
export {
  type ImageGeometry,
  imageGeometrySchema,
  type Preprocessing,
  preprocessingSchema,
} from './image.ts'
