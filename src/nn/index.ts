export type { Architecture, ArchitectureOptions } from './architecture.ts'
export { architectures, layersOf } from './catalogue.ts'
export { correctCount, crossEntropy } from './losses.ts'
export {
  buildNetwork,
  countParameters,
  IMAGES,
  type Layer,
  type Mask,
  type Network,
  type NetworkOptions,
  type Parameter,
  type Statistic,
  type Weights,
} from './network.ts'
export { createOptimizer, type Optimizer, type StepScalars } from './optimizers.ts'
export { learningRateFactor } from './schedules.ts'
