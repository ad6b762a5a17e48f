/** The shape table: what each operator yields for given inputs, or why it cannot take them. */
import { AtelierError } from '../core/index.ts'
import type { DType } from '../tensor/index.ts'
import type { Dim, GraphShape } from './dimensions.ts'
import type { Attributes, OpName, PoolingWindow, Reduction, Window } from './operators.ts'
import type { ValueType } from './value.ts'

type ShapeRule<O extends OpName> = (
  inputs: readonly ValueType[],
  attributes: Attributes[O],
) => readonly ValueType[]

export function inferTypes<O extends OpName>(
  op: O,
  inputs: readonly ValueType[],
  attributes: Attributes[O],
): readonly ValueType[] {
  return (shapeRules[op] as ShapeRule<O>)(inputs, attributes)
}

const shapeRules: { readonly [O in OpName]: ShapeRule<O> } = {
  input: (_, { dtype, shape }) => [{ dtype, shape }],
  constant: (_, { value }) => [{ dtype: value.dtype, shape: value.shape }],

  add: (inputs) => arithmetic('add', inputs),
  sub: (inputs) => arithmetic('sub', inputs),
  mul: (inputs) => arithmetic('mul', inputs),
  div: (inputs) => arithmetic('div', inputs),
  greater: (inputs) => withDType(arithmetic('greater', inputs), 'bool'),
  equal: (inputs) => withDType(arithmetic('equal', inputs), 'bool'),
  where: ([condition, ...branches]) => {
    const [{ dtype, shape }] = arithmetic('where', branches)
    return [{ dtype, shape: broadcastShapes('where', condition!.shape, shape) }]
  },

  neg: sameAsInput,
  exp: sameAsInput,
  log: sameAsInput,
  sqrt: sameAsInput,
  tanh: sameAsInput,
  sigmoid: sameAsInput,
  erf: sameAsInput,
  relu: sameAsInput,
  positive: sameAsInput,
  gelu: sameAsInput,
  cast: ([x], { dtype }) => [{ dtype, shape: x!.shape }],

  gemm: ([a, b, bias], { transposeA, transposeB }) => {
    const [rows, innerA] = matrixShape('gemm', a!, transposeA)
    const [innerB, columns] = matrixShape('gemm', b!, transposeB)
    requireEqual('gemm', 'inner sizes', innerA, innerB)
    if (bias !== undefined) requireShape('gemm', 'bias', bias.shape, [columns])
    return [{ dtype: a!.dtype, shape: [rows, columns] }]
  },
  matmul: ([a, b]) => {
    const [rows, innerA] = a!.shape.slice(-2)
    const [innerB, columns] = b!.shape.slice(-2)
    if (a!.shape.length < 2 || b!.shape.length < 2) {
      throw mismatch('matmul', 'two operands of two or more axes', a!.shape, b!.shape)
    }
    requireEqual('matmul', 'inner sizes', innerA!, innerB!)
    const leading = broadcastShapes('matmul', a!.shape.slice(0, -2), b!.shape.slice(0, -2))
    return [{ dtype: a!.dtype, shape: [...leading, rows!, columns!] }]
  },

  conv2d: ([x, weight, bias], window) => {
    const [batch, channels, ...size] = imageShape('conv2d', x!)
    const [filters, perGroup, ...kernel] = weight!.shape as readonly number[]
    requireEqual('conv2d', 'input channels', channels, perGroup! * window.groups)
    requireEqual('conv2d', 'filters per group', filters! % window.groups, 0)
    if (bias !== undefined) requireShape('conv2d', 'bias', bias.shape, [filters!])
    const extent = kernel.map((k, axis) => (k - 1) * window.dilation[axis]! + 1)
    return [
      { dtype: x!.dtype, shape: [batch, filters!, ...windowed('conv2d', size, extent, window)] },
    ]
  },
  conv2dInputGradient: ([dy], { input }) => [{ dtype: dy!.dtype, shape: input }],
  conv2dWeightGradient: ([x], { weight }) => [{ dtype: x!.dtype, shape: weight }],
  maxPool2d: ([x], window) => {
    const [y] = pooled('maxPool2d', x!, window)
    return [y!, { dtype: 'int64', shape: y!.shape }]
  },
  maxUnpool2d: ([dy], { input }) => [{ dtype: dy!.dtype, shape: input }],
  avgPool2d: ([x], window) => pooled('avgPool2d', x!, window),

  batchNorm: ([x, scale, shift]) => {
    requireShape('batchNorm', 'scale', scale!.shape, [x!.shape[1]!])
    requireShape('batchNorm', 'shift', shift!.shape, [x!.shape[1]!])
    return [typeOf(x!), typeOf(scale!), typeOf(scale!)]
  },
  batchNormGradient: ([x, scale]) => [typeOf(x!), typeOf(scale!), typeOf(scale!)],
  batchNormInference: sameAsInput,

  softmax: sameAsInput,
  logSoftmax: sameAsInput,
  reduceSum: ([x], reduction) => reduced(x!, reduction),
  reduceMean: ([x], reduction) => reduced(x!, reduction),
  reduceMax: ([x], reduction) => reduced(x!, reduction),
  argMax: ([x], { axis }) => withDType(reduced(x!, { axes: [axis], keepDims: false }), 'int64'),

  reshape: ([x], { shape }) => {
    requireEqual('reshape', 'element counts', countOf(x!.shape), countOf(shape))
    return [{ dtype: x!.dtype, shape }]
  },
  transpose: ([x], { order }) => {
    const sorted = order.toSorted((a, b) => a - b)
    if (sorted.length !== x!.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw mismatch('transpose', 'an order of all axes', x!.shape, order)
    }
    return [{ dtype: x!.dtype, shape: order.map((axis) => x!.shape[axis]!) }]
  },
  broadcastTo: ([x], { shape }) => {
    requireShape('broadcastTo', 'result', broadcastShapes('broadcastTo', x!.shape, shape), shape)
    return [{ dtype: x!.dtype, shape }]
  },
  concat: (inputs, { axis }) => {
    const total = inputs.reduce((sum, { shape }) => sum + (shape[axis] as number), 0)
    for (const { shape } of inputs) {
      requireShape(
        'concat',
        'operand',
        replaceAt(shape, axis, 0),
        replaceAt(inputs[0]!.shape, axis, 0),
      )
    }
    return [{ dtype: inputs[0]!.dtype, shape: replaceAt(inputs[0]!.shape, axis, total) }]
  },
  slice: ([x], { ranges }) => {
    for (const { axis, start, end, step } of ranges) {
      const size = x!.shape[axis]
      if (start < 0 || end < start || step < 1 || typeof size !== 'number' || end > size) {
        throw mismatch('slice', `a range within axis ${axis}`, x!.shape, [start, end, step])
      }
    }
    const shape = ranges.reduce<GraphShape>(
      (current, { axis, start, end, step }) =>
        replaceAt(current, axis, Math.max(0, Math.ceil((end - start) / step))),
      x!.shape,
    )
    return [{ dtype: x!.dtype, shape }]
  },
  pad: ([x], { before, after }) => [
    {
      dtype: x!.dtype,
      shape: x!.shape.map((size, axis) => {
        const extra = before[axis]! + after[axis]!
        return extra === 0 ? size : (size as number) + extra
      }),
    },
  ],
  gather: ([x, indices], { axis }) => [
    {
      dtype: x!.dtype,
      shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)],
    },
  ],
  gatherGradient: ([dy], { input }) => [{ dtype: dy!.dtype, shape: input }],
  oneHot: ([labels], { classes }) => [{ dtype: 'float32', shape: [...labels!.shape, classes] }],
}

function sameAsInput([x]: readonly ValueType[]): readonly ValueType[] {
  return [typeOf(x!)]
}

function typeOf({ dtype, shape }: ValueType): ValueType {
  return { dtype, shape }
}

function arithmetic(op: OpName, [a, b]: readonly ValueType[]): readonly [ValueType] {
  if (a!.dtype !== b!.dtype) {
    throw new AtelierError(
      'SHAPE_MISMATCH',
      `${op} wants one type, got ${a!.dtype} and ${b!.dtype}.`,
    )
  }
  return [{ dtype: a!.dtype, shape: broadcastShapes(op, a!.shape, b!.shape) }]
}

function withDType([type]: readonly ValueType[], dtype: DType): readonly ValueType[] {
  return [{ dtype, shape: type!.shape }]
}

/** NumPy's rule: align at the right; sizes are equal or one of them is 1. */
function broadcastShapes(op: OpName, a: GraphShape, b: GraphShape): GraphShape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    if (x !== y && x !== 1 && y !== 1) throw mismatch(op, 'shapes that broadcast', a, b)
    return x === 1 ? y : x
  })
}

function matrixShape(op: OpName, { shape }: ValueType, transposed: boolean): readonly [Dim, Dim] {
  if (shape.length !== 2) throw mismatch(op, 'a matrix', shape)
  const [rows, columns] = shape as readonly [Dim, Dim]
  return transposed ? [columns, rows] : [rows, columns]
}

type ImageShape = readonly [Dim, number, number, number]

function imageShape(op: OpName, { shape }: ValueType): ImageShape {
  if (shape.length !== 4) throw mismatch(op, 'an image batch [N, C, H, W]', shape)
  return shape as ImageShape
}

/** Output height and width of a sliding window over `size`. */
function windowed(
  op: OpName,
  size: readonly number[],
  extent: readonly number[],
  w: Window,
): Dim[] {
  return size.map((length, axis) => {
    const padded = length + w.padding[axis]! + w.padding[axis + 2]!
    const steps = Math.floor((padded - extent[axis]!) / w.stride[axis]!) + 1
    if (steps < 1) throw mismatch(op, `a window of at most ${padded}`, size, extent)
    return steps
  })
}

function pooled(op: OpName, x: ValueType, window: PoolingWindow): readonly ValueType[] {
  const [batch, channels, ...size] = imageShape(op, x)
  return [
    { dtype: x.dtype, shape: [batch, channels, ...windowed(op, size, window.kernel, window)] },
  ]
}

function reduced(x: ValueType, { axes, keepDims }: Reduction): readonly ValueType[] {
  const shape = keepDims
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis))
  return [{ dtype: x.dtype, shape }]
}

/** Comparable count of elements: the product of known sizes with the names of the unknown ones. */
function countOf(shape: GraphShape): string {
  const known = shape.reduce<number>((n, size) => (typeof size === 'number' ? n * size : n), 1)
  const names = shape.filter((size) => typeof size === 'string').sort()
  return [known, ...names].join(' · ')
}

function replaceAt(shape: GraphShape, axis: number, size: Dim): GraphShape {
  return shape.map((old, i) => (i === axis ? size : old))
}

function requireShape(op: OpName, what: string, got: GraphShape, wanted: GraphShape): void {
  if (got.length !== wanted.length || got.some((size, axis) => size !== wanted[axis])) {
    throw mismatch(op, `${what} of shape [${wanted.join(', ')}]`, got)
  }
}

function requireEqual(op: OpName, what: string, a: Dim, b: Dim): void {
  if (a !== b) {
    throw new AtelierError('SHAPE_MISMATCH', `${op} wants equal ${what}, got ${a} and ${b}.`)
  }
}

function mismatch(op: OpName, wanted: string, ...got: readonly GraphShape[]): AtelierError {
  const shapes = got.map((shape) => `[${shape.join(', ')}]`).join(' and ')
  return new AtelierError('SHAPE_MISMATCH', `${op} wants ${wanted}, got ${shapes}.`)
}
