/**
 * Lowering in onnxruntime's NCHWc layout, for training: the graph optimiser uses these operators for
 * constant weights only, so a training step names them itself. Every rule computes exactly what the
 * plain rule does and declines what it does not cover.
 */
import type { Attributes, OpName, Reduction, ValueType } from '../graph/index.ts'
import { lowerBatchNorm, lowerBatchNormGradient } from './blocked-batch-norm.ts'
import {
  lowerConv,
  lowerConvInputGradient,
  lowerConvWeightGradient,
} from './blocked-convolution.ts'
import { lowerMaxPool, lowerMaxUnpool } from './blocked-pooling.ts'
import { NCHWC_DOMAIN, STEP_FUNCTION } from './constants.ts'
import type { AttributeValue, Emitter } from './emitter.ts'
import type { BlockedRule } from './lowering-rule.ts'
import { blockedOperand, isBlockable, type Operand, plainOperand } from './operand.ts'

export const blockedRules: { readonly [O in OpName]?: BlockedRule<O> } = {
  add: elementwise('Add'),
  sub: elementwise('Sub'),
  mul: elementwise('Mul'),
  div: elementwise('Div'),
  neg: elementwise('Neg'),
  sqrt: elementwise('Sqrt'),
  exp: elementwise('Exp'),
  tanh: elementwise('Tanh'),
  sigmoid: elementwise('Sigmoid'),
  erf: elementwise('Erf'),
  relu: elementwise('Relu'),
  positive: elementwise('HardSigmoid', STEP_FUNCTION),

  conv2d: lowerConv,
  conv2dInputGradient: lowerConvInputGradient,
  conv2dWeightGradient: lowerConvWeightGradient,
  maxPool2d: lowerMaxPool,
  maxUnpool2d: lowerMaxUnpool,
  batchNorm: lowerBatchNorm,
  batchNormGradient: lowerBatchNormGradient,

  reduceMean: ({ emitter, operands: [x], attributes, outputs: [type] }) =>
    x!.native === 'blocked' && reduces(attributes, [2, 3])
      ? [plainOperand(emitter, type!, imageMeans(emitter, x!, type!))]
      : undefined,
  reduceSum: ({ emitter, operands: [x], attributes, outputs: [type] }) =>
    x!.native === 'blocked' && reduces(attributes, [0, 2, 3])
      ? [plainOperand(emitter, type!, channelSums(emitter, x!.get('blocked'), x!.type))]
      : undefined,
  concat: ({ emitter, operands, attributes: { axis }, outputs: [type] }) => {
    const blocked = operands.every(({ type: part }) => isBlockable(emitter, part))
    if (axis !== 1 || !blocked || !operands.some(isNative)) return undefined
    const names = () => operands.map((operand) => operand.get('blocked'))
    return [
      blockedOperand(emitter, type!, () =>
        emitter.emit('Concat', names(), { attributes: { axis } }),
      ),
    ]
  },
  slice: sliceChannels,
}

function isNative(operand: Operand): boolean {
  return operand.native !== 'plain'
}

/** Works on blocks as on rows where all large operands have one shape and the others one element. */
function elementwise(
  opType: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): BlockedRule<OpName> {
  return ({ emitter, operands, outputs: [type] }) => {
    const isScalar = ({ type: { shape } }: Operand) => shape.every((size) => size === 1)
    const fits = (operand: Operand) =>
      isScalar(operand) || operand.type.shape.join() === type!.shape.join()
    if (!isBlockable(emitter, type!) || !operands.some(isNative) || !operands.every(fits)) {
      return undefined
    }
    const make = () => {
      const names = operands.map((operand) => operand.get(isScalar(operand) ? 'plain' : 'blocked'))
      return emitter.emit(opType, names, { attributes })
    }
    return [blockedOperand(emitter, type!, make)]
  }
}

function reduces({ axes, keepDims }: Reduction, wanted: readonly number[]): boolean {
  return !keepDims && axes.join() === wanted.join()
}

/** Means over height and width, [N, C]. */
function imageMeans(emitter: Emitter, x: Operand, { shape }: ValueType): string {
  const pooled = emitter.emit('GlobalAveragePool', [x.get('blocked')], { domain: NCHWC_DOMAIN })
  return emitter.emit('Reshape', [pooled, emitter.ints(shape as readonly number[])])
}

function channelSums(emitter: Emitter, blocked: string, { shape }: ValueType): string {
  const [batch, channels, height, width] = shape as readonly [number, number, number, number]
  const pooled = emitter.emit('GlobalAveragePool', [blocked], { domain: NCHWC_DOMAIN })
  const means = emitter.emit('Reshape', [pooled, emitter.ints([batch, channels])])
  const sum = emitter.emit('ReduceSum', [means, emitter.ints([0])], { attributes: { keepdims: 0 } })
  return emitter.emit('Mul', [sum, emitter.float(height * width)])
}

/** A range of whole blocks of channels. */
function sliceChannels({
  emitter,
  operands: [x],
  attributes: { ranges },
  outputs: [type],
}: Parameters<BlockedRule<'slice'>>[0]): readonly Operand[] | undefined {
  const [range, ...others] = ranges as Attributes['slice']['ranges']
  const wholeBlocks =
    others.length === 0 &&
    range!.axis === 1 &&
    range!.step === 1 &&
    range!.start % emitter.blockSize === 0
  if (!isNative(x!) || !wholeBlocks || !isBlockable(emitter, type!)) return undefined
  const bounds = [range!.start, range!.end, 1].map((value) => emitter.ints([value]))
  return [
    blockedOperand(emitter, type!, () => emitter.emit('Slice', [x!.get('blocked'), ...bounds])),
  ]
}
