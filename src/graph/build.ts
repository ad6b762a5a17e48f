/** Constructors: each applies one operator and infers the result's type at once. */
import type { DType, Tensor } from '../tensor/index.ts'
import { tensor } from '../tensor/index.ts'
import type { GraphShape } from './dimensions.ts'
import type {
  Attributes,
  ConvolutionWindow,
  OpName,
  PoolingWindow,
  SliceRange,
} from './operators.ts'
import { inferTypes } from './shapes.ts'
import type { Node, Value } from './value.ts'

const NOTHING = {} as const

/** Applies `op` and returns all its outputs. Throws SHAPE_MISMATCH when the inputs do not fit. */
export function apply<O extends OpName>(
  op: O,
  inputs: readonly Value[],
  attributes: Attributes[O],
): readonly Value[] {
  const outputs = inferTypes(op, inputs, attributes)
  const node: Node<O> = { op, inputs, attributes, outputs }
  return outputs.map((type, index) => ({ ...type, node: node as unknown as Node, index }))
}

function applyOne<O extends OpName>(
  op: O,
  inputs: readonly Value[],
  attributes: Attributes[O],
): Value {
  return apply(op, inputs, attributes)[0]!
}

export const input = (name: string, shape: GraphShape, dtype: DType = 'float32'): Value =>
  applyOne('input', [], { name, dtype, shape })

export const constant = (value: Tensor): Value => applyOne('constant', [], { value })

/** A float32 constant without axes. */
export const scalar = (value: number): Value =>
  constant(tensor('float32', [], Float32Array.of(value)))

export const add = (a: Value, b: Value): Value => applyOne('add', [a, b], NOTHING)
export const sub = (a: Value, b: Value): Value => applyOne('sub', [a, b], NOTHING)
export const mul = (a: Value, b: Value): Value => applyOne('mul', [a, b], NOTHING)
export const div = (a: Value, b: Value): Value => applyOne('div', [a, b], NOTHING)
export const greater = (a: Value, b: Value): Value => applyOne('greater', [a, b], NOTHING)
export const equal = (a: Value, b: Value): Value => applyOne('equal', [a, b], NOTHING)
export const where = (condition: Value, a: Value, b: Value): Value =>
  applyOne('where', [condition, a, b], NOTHING)

export const neg = (x: Value): Value => applyOne('neg', [x], NOTHING)
export const exp = (x: Value): Value => applyOne('exp', [x], NOTHING)
export const log = (x: Value): Value => applyOne('log', [x], NOTHING)
export const sqrt = (x: Value): Value => applyOne('sqrt', [x], NOTHING)
export const tanh = (x: Value): Value => applyOne('tanh', [x], NOTHING)
export const sigmoid = (x: Value): Value => applyOne('sigmoid', [x], NOTHING)
export const erf = (x: Value): Value => applyOne('erf', [x], NOTHING)
export const relu = (x: Value): Value => applyOne('relu', [x], NOTHING)
export const positive = (x: Value): Value => applyOne('positive', [x], NOTHING)
export const gelu = (x: Value): Value => applyOne('gelu', [x], NOTHING)
export const cast = (x: Value, dtype: DType): Value =>
  x.dtype === dtype ? x : applyOne('cast', [x], { dtype })

interface GemmOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  readonly bias?: Value
}

export function gemm(a: Value, b: Value, options: GemmOptions = {}): Value {
  const { transposeA = false, transposeB = false, bias } = options
  return applyOne('gemm', bias === undefined ? [a, b] : [a, b, bias], { transposeA, transposeB })
}

export const matmul = (a: Value, b: Value): Value => applyOne('matmul', [a, b], NOTHING)

const UNIT_WINDOW = { stride: [1, 1], padding: [0, 0, 0, 0] } as const

interface ConvolutionOptions extends Partial<ConvolutionWindow> {
  readonly bias?: Value
}

export function conv2d(x: Value, weight: Value, options: ConvolutionOptions = {}): Value {
  const { bias, ...window } = options
  const attributes = { ...UNIT_WINDOW, dilation: [1, 1] as const, groups: 1, ...window }
  return applyOne('conv2d', bias === undefined ? [x, weight] : [x, weight, bias], attributes)
}

type PoolingOptions = Partial<PoolingWindow> & Pick<PoolingWindow, 'kernel'>

/**
 * The stride defaults to the kernel, as in PyTorch. The maximum of a ReLU is the ReLU of the maximum,
 * gradient included, so the ReLU is moved behind the pooling, where it touches fewer elements.
 */
export function maxPool2d(x: Value, options: PoolingOptions): Value {
  const attributes = { ...UNIT_WINDOW, stride: options.kernel, ...options }
  return x.node.op === 'relu'
    ? relu(applyOne('maxPool2d', x.node.inputs, attributes))
    : applyOne('maxPool2d', [x], attributes)
}
export const avgPool2d = (x: Value, options: PoolingOptions): Value =>
  applyOne('avgPool2d', [x], { ...UNIT_WINDOW, stride: options.kernel, ...options })
/** [N, C, H, W] → [N, C]. */
export const globalAvgPool2d = (x: Value): Value => reduceMean(x, [2, 3])

/** y = scale · (x − mean) / √(variance + ε) + shift, with the batch's own mean and variance. */
export function batchNorm(x: Value, scale: Value, shift: Value, epsilon: number) {
  const [y, mean, variance] = apply('batchNorm', [x, scale, shift], { epsilon })
  return { y: y!, mean: mean!, variance: variance! }
}

export const batchNormInference = (
  x: Value,
  parameters: readonly [scale: Value, shift: Value, mean: Value, variance: Value],
  epsilon: number,
): Value => applyOne('batchNormInference', [x, ...parameters], { epsilon })

export const softmax = (x: Value, axis = x.shape.length - 1): Value =>
  applyOne('softmax', [x], { axis })
export const logSoftmax = (x: Value, axis = x.shape.length - 1): Value =>
  applyOne('logSoftmax', [x], { axis })

export const reduceSum = (x: Value, axes: readonly number[], keepDims = false): Value =>
  axes.length === 0 ? x : applyOne('reduceSum', [x], { axes, keepDims })
export const reduceMean = (x: Value, axes: readonly number[], keepDims = false): Value =>
  axes.length === 0 ? x : applyOne('reduceMean', [x], { axes, keepDims })
export const reduceMax = (x: Value, axes: readonly number[], keepDims = false): Value =>
  axes.length === 0 ? x : applyOne('reduceMax', [x], { axes, keepDims })
export const argMax = (x: Value, axis: number): Value => applyOne('argMax', [x], { axis })

export const reshape = (x: Value, shape: GraphShape): Value =>
  sameShape(x.shape, shape) ? x : applyOne('reshape', [x], { shape })
/** All axes but the first become one. */
export const flatten = (x: Value): Value =>
  reshape(x, [x.shape[0]!, (x.shape.slice(1) as number[]).reduce((n, size) => n * size, 1)])
export const transpose = (x: Value, order: readonly number[]): Value =>
  applyOne('transpose', [x], { order })
export const broadcastTo = (x: Value, shape: readonly number[]): Value =>
  sameShape(x.shape, shape) ? x : applyOne('broadcastTo', [x], { shape })
export const concat = (inputs: readonly Value[], axis: number): Value =>
  inputs.length === 1 ? inputs[0]! : applyOne('concat', inputs, { axis })
/** Ranges with 0 ≤ start ≤ end ≤ size and a positive step; axes not named stay whole. */
export const slice = (x: Value, ranges: readonly SliceRange[]): Value =>
  applyOne('slice', [x], { ranges })
export const pad = (x: Value, before: readonly number[], after: readonly number[]): Value =>
  applyOne('pad', [x], { before, after })
export const gather = (x: Value, indices: Value, axis = 0): Value =>
  applyOne('gather', [x, indices], { axis })
export const oneHot = (labels: Value, classes: number): Value =>
  applyOne('oneHot', [labels], { classes })

function sameShape(a: GraphShape, b: GraphShape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis])
}
