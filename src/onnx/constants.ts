import type { DType } from '../tensor/index.ts'

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
} as const

/** TensorProto.DataType. */
export const DATA_TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint32: 12,
} as const satisfies Record<DType, number>

export const IR_VERSION = 8
/** The newest opset that onnxruntime 1.14 and every later stock runtime executes. */
export const OPSET = 17
export const MICROSOFT_DOMAIN = 'com.microsoft'
/** onnxruntime's operators on blocked image layouts, which its optimiser uses for constant weights. */
export const NCHWC_DOMAIN = 'com.microsoft.nchwc'

/** Attributes of a HardSigmoid that is 1 for every x > 0 (above 4e-39) and 0 otherwise. */
export const STEP_FUNCTION = { alpha: { float: 3e38 }, beta: { float: 0 } } as const
