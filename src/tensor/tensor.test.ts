import { describe, expect, it } from 'vitest'
import { bytesPerElement, type DType } from './dtype.ts'
import { bytesOf, elementCount, tensor, zeros } from './tensor.ts'

describe('tensor', () => {
  it('wraps an array without copying it', () => {
    const data = Float32Array.of(1, 2, 3, 4)
    expect(tensor('float32', [2, 2], data).data).toBe(data)
  })

  it('refuses a shape that wants another number of elements', () => {
    expect(() => tensor('uint8', [2, 3], new Uint8Array(5))).toThrow(
      expect.objectContaining({
        code: 'SHAPE_MISMATCH',
        message: 'Shape [2, 3] wants 6 elements, got 5.',
      }),
    )
  })
})

describe('zeros', () => {
  it('makes each element type at its width', () => {
    const widths: Record<DType, number> = {
      float32: 4,
      float64: 8,
      uint8: 1,
      int8: 1,
      int32: 4,
      uint32: 4,
      int64: 8,
      bool: 1,
    }
    for (const [dtype, width] of Object.entries(widths)) {
      expect(bytesPerElement(dtype as DType)).toBe(width)
      expect(zeros(dtype as DType, [3, 2]).data.byteLength).toBe(6 * width)
    }
  })
})

describe('elementCount', () => {
  it('is 1 for a scalar and 0 with an empty axis', () => {
    expect([elementCount([]), elementCount([3, 0]), elementCount([2, 3])]).toEqual([1, 0, 6])
  })
})

describe('bytesOf', () => {
  it('views the memory of the elements and no other', () => {
    const view = Int32Array.of(1, 2, 3).subarray(1)
    const bytes = bytesOf(tensor('int32', [2], view))
    expect([...bytes]).toEqual([2, 0, 0, 0, 3, 0, 0, 0])
    bytes[0] = 9
    expect(view[0]).toBe(9)
  })
})
