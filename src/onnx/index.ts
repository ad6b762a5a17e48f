export { type ModelDescription, type OnnxModel, toOnnx } from './model.ts'
