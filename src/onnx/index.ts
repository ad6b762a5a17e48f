export { blockSizeProbe } from './block-size-probe.ts'
export {
  type InspectionLimits,
  inspectModel,
  type ModelInspection,
  type ModelValue,
} from './inspect.ts'
export { type ModelDescription, type OnnxModel, toOnnx } from './model.ts'
