/** The gradient table: for each operator, how the gradient of its output reaches its inputs. */
import {
  add,
  apply,
  broadcastTo,
  cast,
  div,
  equal,
  erf,
  exp,
  gemm,
  matmul,
  mul,
  neg,
  positive,
  reduceSum,
  reshape,
  scalar,
  slice,
  sub,
  transpose,
  where,
} from './build.ts'
import type { Attributes, OpName, Reduction } from './operators.ts'
import { padAxis, spreadSteps } from './placement.ts'
import { avgPoolGradient, maxPoolGradient, overlaps } from './pooling-gradients.ts'
import type { Value } from './value.ts'

export interface Application<O extends OpName> {
  readonly inputs: readonly Value[]
  readonly attributes: Attributes[O]
  readonly outputs: readonly Value[]
}

/** Gradients of the inputs, in order; `undefined` for an input that has none (indices, conditions). */
type GradientRule<O extends OpName> = (
  application: Application<O>,
  outputGradient: Value,
) => readonly (Value | undefined)[]

/** For operators that are constant almost everywhere, or that appear only inside gradients. */
const NOT_DIFFERENTIABLE = 'not differentiable'

export const gradientRules: {
  readonly [O in OpName]: GradientRule<O> | typeof NOT_DIFFERENTIABLE
} = {
  input: () => [],
  constant: () => [],

  add: ({ inputs: [a, b] }, dy) => [sumTo(dy, a!), sumTo(dy, b!)],
  sub: ({ inputs: [a, b] }, dy) => [sumTo(dy, a!), sumTo(neg(dy), b!)],
  mul: ({ inputs: [a, b] }, dy) => [sumTo(mul(dy, b!), a!), sumTo(mul(dy, a!), b!)],
  div: ({ inputs: [a, b], outputs: [y] }, dy) => {
    const da = div(dy, b!)
    return [sumTo(da, a!), sumTo(neg(mul(da, y!)), b!)]
  },
  greater: NOT_DIFFERENTIABLE,
  equal: NOT_DIFFERENTIABLE,
  where: ({ inputs: [condition, a, b] }, dy) => [
    undefined,
    sumTo(where(condition!, dy, scalar(0)), a!),
    sumTo(where(condition!, scalar(0), dy), b!),
  ],

  neg: (_, dy) => [neg(dy)],
  exp: ({ outputs: [y] }, dy) => [mul(dy, y!)],
  log: ({ inputs: [x] }, dy) => [div(dy, x!)],
  sqrt: ({ outputs: [y] }, dy) => [div(mul(dy, scalar(0.5)), y!)],
  tanh: ({ outputs: [y] }, dy) => [mul(dy, sub(scalar(1), mul(y!, y!)))],
  sigmoid: ({ outputs: [y] }, dy) => [mul(dy, mul(y!, sub(scalar(1), y!)))],
  erf: ({ inputs: [x] }, dy) => [
    mul(dy, mul(scalar(2 / Math.sqrt(Math.PI)), exp(neg(mul(x!, x!))))),
  ],
  // At 0 the gradient is 0, as in PyTorch.
  relu: ({ outputs: [y] }, dy) => [mul(dy, positive(y!))],
  positive: NOT_DIFFERENTIABLE,
  gelu: ({ inputs: [x] }, dy) => [mul(dy, geluDerivative(x!))],
  cast: ({ inputs: [x] }, dy) => [x!.dtype === 'float32' ? cast(dy, 'float32') : undefined],

  gemm: ({ inputs: [a, b, bias], attributes }, dy) => {
    const { transposeA, transposeB } = attributes
    const da = transposeA
      ? gemm(b!, dy, { transposeA: transposeB, transposeB: true })
      : gemm(dy, b!, { transposeB: !transposeB })
    const db = transposeB
      ? gemm(dy, a!, { transposeA: true, transposeB: transposeA })
      : gemm(a!, dy, { transposeA: !transposeA })
    return bias === undefined ? [da, db] : [da, db, reduceSum(dy, [0])]
  },
  matmul: ({ inputs: [a, b] }, dy) => [
    sumTo(matmul(dy, swapLastAxes(b!)), a!),
    sumTo(matmul(swapLastAxes(a!), dy), b!),
  ],

  conv2d: ({ inputs: [x, weight, bias], attributes: window }, dy) => {
    const dx = apply('conv2dInputGradient', [dy, weight!], { ...window, input: x!.shape })[0]
    const shape = weight!.shape as readonly number[]
    const dw = apply('conv2dWeightGradient', [x!, dy], { ...window, weight: shape })[0]
    return bias === undefined ? [dx, dw] : [dx, dw, channelSums(dy)]
  },
  conv2dInputGradient: NOT_DIFFERENTIABLE,
  conv2dWeightGradient: NOT_DIFFERENTIABLE,
  maxPool2d: ({ inputs: [x], outputs: [y, positions], attributes }, dy) =>
    overlaps(attributes)
      ? [maxPoolGradient(x!, y!, dy, attributes)]
      : apply('maxUnpool2d', [dy, positions!], { ...attributes, input: x!.shape }),
  maxUnpool2d: NOT_DIFFERENTIABLE,
  avgPool2d: ({ inputs: [x], attributes }, dy) => [avgPoolGradient(x!, dy, attributes)],

  // The running statistics made of outputs 1 and 2 carry no gradient.
  batchNorm: ({ inputs: [x, scale], outputs: [, mean, variance], attributes }, dy) =>
    apply('batchNormGradient', [x!, scale!, mean!, variance!, dy], attributes),
  batchNormGradient: NOT_DIFFERENTIABLE,
  batchNormInference: NOT_DIFFERENTIABLE,

  softmax: ({ outputs: [y], attributes: { axis } }, dy) => {
    const weighted = mul(dy, y!)
    return [sub(weighted, mul(y!, reduceSum(weighted, [axis], true)))]
  },
  logSoftmax: ({ outputs: [y], attributes: { axis } }, dy) => [
    sub(dy, mul(exp(y!), reduceSum(dy, [axis], true))),
  ],
  reduceSum: ({ inputs: [x], attributes }, dy) => [spread(dy, x!, attributes)],
  reduceMean: ({ inputs: [x], attributes }, dy) => {
    const count = attributes.axes.reduce((n, axis) => n * (x!.shape[axis] as number), 1)
    return [spread(mul(dy, scalar(1 / count)), x!, attributes)]
  },
  // Equal maxima share the gradient, as torch.amax does.
  reduceMax: ({ inputs: [x], outputs: [y], attributes }, dy) => {
    const isMax = cast(equal(x!, keepAxes(y!, x!, attributes)), 'float32')
    const count = reduceSum(isMax, attributes.axes, true)
    return [mul(isMax, div(keepAxes(dy, x!, attributes), count))]
  },
  argMax: NOT_DIFFERENTIABLE,

  reshape: ({ inputs: [x] }, dy) => [reshape(dy, x!.shape)],
  transpose: ({ attributes: { order } }, dy) => [
    transpose(
      dy,
      order.map((_, axis) => order.indexOf(axis)),
    ),
  ],
  broadcastTo: ({ inputs: [x] }, dy) => [sumTo(dy, x!)],
  concat: ({ inputs, attributes: { axis } }, dy) => {
    let start = 0
    return inputs.map(({ shape }) => {
      const end = start + (shape[axis] as number)
      const part = slice(dy, [{ axis, start, end, step: 1 }])
      start = end
      return part
    })
  },
  slice: ({ inputs: [x], attributes: { ranges } }, dy) => [
    ranges.reduce((gradient, { axis, start, end, step }) => {
      const size = x!.shape[axis] as number
      const dilated = step === 1 ? gradient : spreadSteps(gradient, axis, step)
      const length = dilated.shape[axis] as number
      return start === 0 && end === size && length === size
        ? dilated
        : padAxis(dilated, axis, start, size - start - length)
    }, dy),
  ],
  pad: ({ inputs: [x], attributes: { before } }, dy) => [
    slice(
      dy,
      before.map((start, axis) => ({
        axis,
        start,
        end: start + (x!.shape[axis] as number),
        step: 1,
      })),
    ),
  ],
  gather: ({ inputs: [x, indices], attributes: { axis } }, dy) => [
    apply('gatherGradient', [dy, indices!], { axis, input: x!.shape as readonly number[] })[0],
    undefined,
  ],
  gatherGradient: NOT_DIFFERENTIABLE,
  oneHot: NOT_DIFFERENTIABLE,
}

/** Undoes broadcasting: sums `gradient` over the axes along which `target` was repeated. */
function sumTo(gradient: Value, target: Value): Value {
  const extra = gradient.shape.length - target.shape.length
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < extra || (target.shape[axis - extra] === 1 && size !== 1) ? [axis] : [],
  )
  return reshape(reduceSum(gradient, axes), target.shape)
}

/** Repeats a reduction's gradient along the reduced axes. */
function spread(gradient: Value, input: Value, reduction: Reduction): Value {
  return broadcastTo(keepAxes(gradient, input, reduction), input.shape as readonly number[])
}

function keepAxes(reduced: Value, input: Value, { axes }: Reduction): Value {
  return reshape(
    reduced,
    input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  )
}

function swapLastAxes(x: Value): Value {
  const rank = x.shape.length
  const order = x.shape.map((_, axis) => axis)
  order[rank - 1] = rank - 2
  order[rank - 2] = rank - 1
  return transpose(x, order)
}

/** d/dx x·Φ(x) = Φ(x) + x·φ(x) for the standard normal Φ, φ. */
function geluDerivative(x: Value): Value {
  const cdf = mul(scalar(0.5), add(scalar(1), erf(mul(x, scalar(Math.SQRT1_2)))))
  const pdf = mul(scalar(1 / Math.sqrt(2 * Math.PI)), exp(mul(scalar(-0.5), mul(x, x))))
  return add(cdf, mul(x, pdf))
}

/** Σ over images and positions; unpooling only spreads its input out, so that is summed instead. */
function channelSums(dy: Value): Value {
  return reduceSum(dy.node.op === 'maxUnpool2d' ? dy.node.inputs[0]! : dy, [0, 2, 3])
}
