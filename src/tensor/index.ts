export { type ArrayOf, arrayConstructors, bytesPerElement, type DType } from './dtype.ts'
export {
  readSafetensors,
  type SafetensorsFile,
  writeSafetensors,
} from './safetensors.ts'
export { bytesOf, elementCount, type Shape, type Tensor, tensor, zeros } from './tensor.ts'
