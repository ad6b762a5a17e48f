export type { Classification, Classifier, HeldModel, OnPrediction } from './classifier.ts'
export type { PictureRequest } from './image-decoder.ts'
export {
  type ModelResolver,
  type ModelSource,
  openModelSource,
  type ReadUri,
  type ResolvedModel,
  type SourceReaders,
} from './model-source.ts'
export {
  createPredictionService,
  type PredictionService,
  type ServiceOptions,
  type ServingEvents,
} from './service.ts'
export { overloaded } from './worker-pool.ts'
