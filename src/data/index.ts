export { type AugmentationConfig, augmentBatch } from './augmentation.ts'
export { epochOrder, fillBatch } from './batches.ts'
export {
  type CheckResult,
  checkDataset,
  type Finding,
  type FindingKind,
  type ImagePlace,
} from './check.ts'
export { type Dataset, type OpenOptions, openConfiguredDataset, openDataset } from './dataset.ts'
export { type PrepareOptions, type PrepareResult, prepareDataset } from './prepare.ts'
export { type SampleGridOptions, sampleGridSvg } from './sample-grid.ts'
export { createSketchPad, drawSketch } from './sketch-draw.ts'
export type { DataDeps } from './source.ts'
export { imageSize, type Split } from './split.ts'
export { type DatasetStatistics, datasetStatistics, type SplitStatistics } from './statistics.ts'
export { type LookCounts, openTestSplit, type TestLook } from './test-split.ts'
