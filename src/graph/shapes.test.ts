import { describe, expect, it } from 'vitest'
import type { DType } from '../tensor/index.ts'
import {
  add,
  avgPool2d,
  batchNorm,
  broadcastTo,
  concat,
  conv2d,
  flatten,
  gemm,
  greater,
  input,
  matmul,
  maxPool2d,
  mul,
  pad,
  reduceMean,
  reshape,
  slice,
  transpose,
  where,
} from './build.ts'
import type { GraphShape } from './dimensions.ts'

const of = (shape: GraphShape, dtype?: DType) => input('x', shape, dtype)
const images = of([2, 3, 8, 6])

describe('operators refuse what does not fit', () => {
  const refusals: readonly (readonly [message: string, build: () => unknown])[] = [
    ['add wants shapes that broadcast, got [2, 3] and [2].', () => add(of([2, 3]), of([2]))],
    ['mul wants one type, got float32 and int32.', () => mul(of([2]), of([2], 'int32'))],
    [
      'add wants shapes that broadcast, got [batch, 3] and [2, 3].',
      () => add(of(['batch', 3]), of([2, 3])),
    ],
    [
      'where wants shapes that broadcast, got [4] and [3].',
      () => where(greater(of([4]), of([4])), of([3]), of([3])),
    ],
    ['gemm wants a matrix, got [2, 3, 4].', () => gemm(of([2, 3, 4]), of([4, 5]))],
    ['gemm wants equal inner sizes, got 3 and 4.', () => gemm(of([2, 3]), of([4, 5]))],
    [
      'gemm wants equal inner sizes, got 3 and 5.',
      () => gemm(of([2, 3]), of([3, 5]), { transposeB: true }),
    ],
    [
      'gemm wants bias of shape [5], got [4].',
      () => gemm(of([2, 3]), of([3, 5]), { bias: of([4]) }),
    ],
    [
      'matmul wants two operands of two or more axes, got [3] and [3, 2].',
      () => matmul(of([3]), of([3, 2])),
    ],
    ['matmul wants equal inner sizes, got 3 and 4.', () => matmul(of([2, 3]), of([4, 2]))],
    [
      'matmul wants shapes that broadcast, got [2] and [3].',
      () => matmul(of([2, 4, 5]), of([3, 5, 6])),
    ],
    [
      'conv2d wants an image batch [N, C, H, W], got [3, 8].',
      () => conv2d(of([3, 8]), of([4, 3, 3, 3])),
    ],
    ['conv2d wants equal input channels, got 3 and 4.', () => conv2d(images, of([4, 4, 3, 3]))],
    [
      'conv2d wants equal filters per group, got 1 and 0.',
      () => conv2d(images, of([4, 1, 3, 3]), { groups: 3 }),
    ],
    [
      'conv2d wants bias of shape [4], got [3].',
      () => conv2d(images, of([4, 3, 3, 3]), { bias: of([3]) }),
    ],
    [
      'conv2d wants a window of at most 6, got [8, 6] and [7, 7].',
      () => conv2d(images, of([4, 3, 7, 7])),
    ],
    [
      'conv2d wants a window of at most 6, got [8, 6] and [7, 7].',
      () => conv2d(images, of([4, 3, 3, 3]), { dilation: [3, 3] }),
    ],
    [
      'maxPool2d wants a window of at most 6, got [8, 6] and [7, 7].',
      () => maxPool2d(images, { kernel: [7, 7] }),
    ],
    [
      'avgPool2d wants an image batch [N, C, H, W], got [8].',
      () => avgPool2d(of([8]), { kernel: [2, 2] }),
    ],
    [
      'batchNorm wants scale of shape [3], got [4].',
      () => batchNorm(images, of([4]), of([4]), 1e-5),
    ],
    ['reshape wants equal element counts, got 6 and 8.', () => reshape(of([2, 3]), [2, 4])],
    [
      'reshape wants equal element counts, got 6 · batch and 6.',
      () => reshape(of(['batch', 6]), [6]),
    ],
    [
      'broadcastTo wants result of shape [2, 1], got [2, 3].',
      () => broadcastTo(of([2, 3]), [2, 1]),
    ],
    [
      'batchNorm wants shift of shape [3], got [4].',
      () => batchNorm(images, of([3]), of([4]), 1e-5),
    ],
    [
      'transpose wants an order of all axes, got [2, 3] and [0, 0].',
      () => transpose(of([2, 3]), [0, 0]),
    ],
    [
      'slice wants a range within axis 1, got [2, 3] and [1, 4, 1].',
      () => slice(of([2, 3]), [{ axis: 1, start: 1, end: 4, step: 1 }]),
    ],
    [
      'slice wants a range within axis 2, got [2, 3] and [0, 1, 1].',
      () => slice(of([2, 3]), [{ axis: 2, start: 0, end: 1, step: 1 }]),
    ],
    [
      'concat wants operand of shape [0, 3], got [0, 4].',
      () => concat([of([2, 3]), of([2, 4])], 0),
    ],
  ]
  it.each(refusals)('%s', (message, build) => {
    expect(build).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH', message }))
  })
})

describe('operators infer shapes', () => {
  it('with a symbolic batch', () => {
    const batch = of(['batch', 3, 8, 8])
    const convolved = conv2d(batch, of([4, 3, 3, 3]), { stride: [2, 2], padding: [1, 1, 1, 1] })
    expect(convolved.shape).toEqual(['batch', 4, 4, 4])
    expect(maxPool2d(convolved, { kernel: [2, 2] }).shape).toEqual(['batch', 4, 2, 2])
    expect(flatten(convolved).shape).toEqual(['batch', 64])
    expect(gemm(flatten(convolved), of([64, 5])).shape).toEqual(['batch', 5])
    expect(add(batch, of([1, 3, 1, 1])).shape).toEqual(['batch', 3, 8, 8])
    expect(pad(batch, [0, 0, 1, 1], [0, 0, 1, 2]).shape).toEqual(['batch', 3, 10, 11])
    expect(reduceMean(batch, [2, 3]).shape).toEqual(['batch', 3])
  })

  it('of strided slices as numpy counts them', () => {
    const sliced = (start: number, end: number, step: number) =>
      slice(of([10]), [{ axis: 0, start, end, step }]).shape
    expect(sliced(0, 10, 3)).toEqual([4])
    expect(sliced(1, 10, 3)).toEqual([3])
    expect(sliced(4, 4, 1)).toEqual([0])
  })

  it('and skip operators that change nothing', () => {
    const x = of([2, 3])
    expect(reshape(x, [2, 3])).toBe(x)
    expect(broadcastTo(x, [2, 3])).toBe(x)
    expect(concat([x], 0)).toBe(x)
    expect(reduceMean(x, [])).toBe(x)
  })
})
