/** The lowering table: how each operator is written in ONNX. */
import { AtelierError } from '../core/index.ts'
import type { Node, OpName, Reduction } from '../graph/index.ts'
import { blockedRules } from './blocked-lowering.ts'
import { DATA_TYPE, STEP_FUNCTION } from './constants.ts'
import type { Emitter } from './emitter.ts'
import type { BlockedRule, Lowering, LoweringRule } from './lowering-rule.ts'
import { type Operand, plainOperand } from './operand.ts'
import {
  lowerAvgPool,
  lowerBatchNorm,
  lowerBatchNormGradient,
  lowerConv,
  lowerConvInputGradient,
  lowerConvWeightGradient,
  lowerMaxPool,
  lowerMaxUnpool,
} from './window-lowering.ts'

export function lowerNode(
  emitter: Emitter,
  node: Node,
  operands: readonly Operand[],
  used: readonly boolean[],
): readonly Operand[] {
  const { attributes, outputs, inputs: types } = node
  const lowering = { emitter, attributes, operands, types, outputs, used }
  const blocked =
    emitter.blockSize > 1 ? (blockedRules[node.op] as BlockedRule<OpName> | undefined) : undefined
  const result = blocked?.(lowering)
  if (result !== undefined) return result
  const rule = loweringRules[node.op] as LoweringRule<OpName>
  const names = rule({ ...lowering, inputs: operands.map((operand) => operand.get('plain')) })
  return names.map((name, i) => plainOperand(emitter, outputs[i]!, name))
}

const loweringRules: { readonly [O in OpName]: LoweringRule<O> } = {
  input: () => {
    throw new AtelierError('INTERNAL', 'Inputs are declared, not lowered.')
  },
  constant: ({ emitter, attributes: { value } }) => [emitter.constant(value)],

  add: plain('Add'),
  sub: plain('Sub'),
  mul: plain('Mul'),
  div: plain('Div'),
  greater: plain('Greater'),
  equal: plain('Equal'),
  where: plain('Where'),
  neg: plain('Neg'),
  exp: plain('Exp'),
  log: plain('Log'),
  sqrt: plain('Sqrt'),
  tanh: plain('Tanh'),
  sigmoid: plain('Sigmoid'),
  erf: plain('Erf'),
  relu: plain('Relu'),
  // One pass instead of compare and convert: slope × x, clipped to [0, 1].
  positive: ({ emitter, inputs }) => [
    emitter.emit('HardSigmoid', inputs, { attributes: STEP_FUNCTION }),
  ],
  // The Gelu operator is newer than our opset; runtimes fuse this spelling of it.
  gelu: ({ emitter, inputs: [x] }) => {
    const erf = emitter.emit('Erf', [emitter.emit('Div', [x!, emitter.float(Math.SQRT2)])])
    const doubledCdf = emitter.emit('Add', [erf, emitter.float(1)])
    return [emitter.emit('Mul', [emitter.emit('Mul', [x!, doubledCdf]), emitter.float(0.5)])]
  },
  cast: ({ emitter, inputs, attributes: { dtype } }) => [
    emitter.emit('Cast', inputs, { attributes: { to: DATA_TYPE[dtype] } }),
  ],

  gemm: ({ emitter, inputs, attributes: { transposeA, transposeB } }) => [
    emitter.emit('Gemm', inputs, {
      attributes: { transA: Number(transposeA), transB: Number(transposeB) },
    }),
  ],
  matmul: plain('MatMul'),

  conv2d: lowerConv,
  conv2dInputGradient: lowerConvInputGradient,
  conv2dWeightGradient: lowerConvWeightGradient,
  maxPool2d: lowerMaxPool,
  maxUnpool2d: lowerMaxUnpool,
  avgPool2d: lowerAvgPool,

  batchNorm: lowerBatchNorm,
  batchNormGradient: lowerBatchNormGradient,
  batchNormInference: ({ emitter, inputs, attributes: { epsilon } }) => [
    emitter.emit('BatchNormalization', inputs, { attributes: { epsilon: { float: epsilon } } }),
  ],

  softmax: ({ emitter, inputs, attributes }) => [
    emitter.emit('Softmax', inputs, { attributes: { axis: attributes.axis } }),
  ],
  logSoftmax: ({ emitter, inputs, attributes }) => [
    emitter.emit('LogSoftmax', inputs, { attributes: { axis: attributes.axis } }),
  ],
  reduceSum: ({ emitter, inputs: [x], attributes: { axes, keepDims } }) => [
    emitter.emit('ReduceSum', [x!, emitter.ints(axes)], {
      attributes: { keepdims: Number(keepDims) },
    }),
  ],
  reduceMean: reduction('ReduceMean'),
  reduceMax: reduction('ReduceMax'),
  argMax: ({ emitter, inputs, attributes: { axis } }) => [
    emitter.emit('ArgMax', inputs, { attributes: { axis, keepdims: 0 } }),
  ],

  // A size known only at run time is the one that ONNX infers.
  reshape: ({ emitter, inputs: [x], attributes: { shape } }) => [
    emitter.emit('Reshape', [
      x!,
      emitter.ints(shape.map((size) => (typeof size === 'number' ? size : -1))),
    ]),
  ],
  transpose: ({ emitter, inputs, attributes: { order } }) => [
    emitter.emit('Transpose', inputs, { attributes: { perm: order } }),
  ],
  broadcastTo: ({ emitter, inputs: [x], attributes: { shape } }) => [
    emitter.emit('Expand', [x!, emitter.ints(shape)]),
  ],
  concat: ({ emitter, inputs, attributes: { axis } }) => [
    emitter.emit('Concat', inputs, { attributes: { axis } }),
  ],
  slice: ({ emitter, inputs: [x], attributes: { ranges } }) => [
    emitter.emit('Slice', [
      x!,
      emitter.ints(ranges.map(({ start }) => start)),
      emitter.ints(ranges.map(({ end }) => end)),
      emitter.ints(ranges.map(({ axis }) => axis)),
      emitter.ints(ranges.map(({ step }) => step)),
    ]),
  ],
  pad: ({ emitter, inputs: [x], attributes: { before, after } }) => [
    emitter.emit('Pad', [x!, emitter.ints([...before, ...after])]),
  ],
  gather: ({ emitter, inputs, attributes: { axis } }) => [
    emitter.emit('Gather', inputs, { attributes: { axis } }),
  ],
  gatherGradient: lowerGatherGradient,
  oneHot: ({ emitter, inputs: [labels], attributes: { classes } }) => [
    lowerOneHot(emitter, labels!, classes),
  ],
}

function plain(opType: string) {
  return ({ emitter, inputs }: Pick<Lowering<OpName>, 'emitter' | 'inputs'>) => [
    emitter.emit(opType, inputs),
  ]
}

function reduction(opType: string): LoweringRule<'reduceMean' | 'reduceMax'> {
  return ({ emitter, inputs, attributes }) => {
    const { axes, keepDims }: Reduction = attributes
    return [emitter.emit(opType, inputs, { attributes: { axes, keepdims: Number(keepDims) } })]
  }
}

function lowerOneHot(emitter: Emitter, labels: string, classes: number): string {
  const depth = emitter.ints([classes])
  const values = emitter.constant({
    dtype: 'float32',
    shape: [2],
    data: Float32Array.of(0, 1),
  })
  const indices = emitter.emit('Cast', [labels], { attributes: { to: DATA_TYPE.int64 } })
  return emitter.emit('OneHot', [indices, depth, values])
}

/** As a product with one-hot rows: unlike a scatter it adds in one order, so results are bit-exact. */
function lowerGatherGradient(lowering: Lowering<'gatherGradient'>): readonly string[] {
  const { emitter, inputs, types, attributes } = lowering
  const { axis, input } = attributes
  const indexRank = types[1]!.shape.length
  const rank = types[0]!.shape.length
  const indexAxes = Array.from({ length: indexRank }, (_, i) => axis + i)
  const otherAxes = Array.from({ length: rank }, (_, i) => i).filter((i) => !indexAxes.includes(i))
  const rest = input.filter((_, i) => i !== axis)
  const restCount = rest.reduce((n, size) => n * size, 1)
  const first = emitter.emit('Transpose', [inputs[0]!], {
    attributes: { perm: [...indexAxes, ...otherAxes] },
  })
  const rows = emitter.emit('Reshape', [first, emitter.ints([-1, restCount])])
  const flatIndices = emitter.emit('Reshape', [inputs[1]!, emitter.ints([-1])])
  const selection = lowerOneHot(emitter, flatIndices, input[axis]!)
  const sums = emitter.emit('Gemm', [selection, rows], { attributes: { transA: 1 } })
  const shaped = emitter.emit('Reshape', [sums, emitter.ints([input[axis]!, ...rest])])
  const restAxes = rest.map((_, i) => i + 1)
  const perm = [...restAxes.slice(0, axis), 0, ...restAxes.slice(axis)]
  return [emitter.emit('Transpose', [shaped], { attributes: { perm } })]
}
