import { AtelierError } from '../core/index.ts'
import { type ArrayOf, arrayConstructors, type DType } from './dtype.ts'

export type Shape = readonly number[]

/** A dense array on the host, row-major. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D
  readonly shape: Shape
  readonly data: ArrayOf[D]
}

/** Wraps `data` (not copied) as a tensor. Throws SHAPE_MISMATCH when the element counts differ. */
export function tensor<D extends DType>(dtype: D, shape: Shape, data: ArrayOf[D]): Tensor<D> {
  if (data.length !== elementCount(shape)) {
    throw new AtelierError(
      'SHAPE_MISMATCH',
      `Shape [${shape.join(', ')}] wants ${elementCount(shape)} elements, got ${data.length}.`,
    )
  }
  return { dtype, shape, data }
}

export function zeros<D extends DType>(dtype: D, shape: Shape): Tensor<D> {
  return { dtype, shape, data: new arrayConstructors[dtype](elementCount(shape)) }
}

export function elementCount(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** The tensor's memory as bytes, not copied. */
export function bytesOf(value: Tensor): Uint8Array<ArrayBuffer> {
  return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength)
}
