/** Element types of host arrays, with the typed array that holds each. `bool` is one byte, 0 or 1. */
export interface ArrayOf {
  float32: Float32Array<ArrayBuffer>
  float64: Float64Array<ArrayBuffer>
  uint8: Uint8Array<ArrayBuffer>
  int8: Int8Array<ArrayBuffer>
  int32: Int32Array<ArrayBuffer>
  uint32: Uint32Array<ArrayBuffer>
  int64: BigInt64Array<ArrayBuffer>
  bool: Uint8Array<ArrayBuffer>
}

export type DType = keyof ArrayOf

type ArrayConstructors = {
  readonly [D in DType]: {
    readonly BYTES_PER_ELEMENT: number
    new (length: number): ArrayOf[D]
    new (buffer: ArrayBuffer, byteOffset: number, length: number): ArrayOf[D]
  }
}

export const arrayConstructors: ArrayConstructors = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
}

export function bytesPerElement(dtype: DType): number {
  return arrayConstructors[dtype].BYTES_PER_ELEMENT
}
