export { blockSizeProbe } from './block-size-probe.ts'
export { type ModelDescription, type OnnxModel, toOnnx } from './model.ts'
