import { type Tensor, tensor } from '../tensor/index.ts'
import { pickQuarters } from './blocked-pooling.ts'
import { NCHWC_DOMAIN } from './constants.ts'
import type { Emitter } from './emitter.ts'
import type { BlockedRule } from './lowering-rule.ts'
import { blockedOperand, isBlockable, type Operand, plainOperand } from './operand.ts'
import { batchNormFactors } from './window-lowering.ts'

/** Per-channel sums are global average pools; scale-and-shift is a depthwise 1x1 convolution. */
export const lowerBatchNorm: BlockedRule<'batchNorm'> = ({
  emitter,
  operands,
  attributes,
  outputs,
}) => {
  const [x, scale, shift] = operands as [Operand, Operand, Operand]
  if (x.native !== 'blocked' || !isBlockable(emitter, x.type)) return undefined
  const [, channels, height, width] = x.type.shape as readonly [number, number, number, number]
  const name = x.get('blocked')
  const mean = channelMeans(emitter, name, x)
  const centred = centre(emitter, name, mean, channels)
  const variance = channelMeans(emitter, emitter.emit('Mul', [centred, centred]), x)
  const deviation = emitter.emit('Sqrt', [
    emitter.emit('Add', [variance, emitter.float(attributes.epsilon)]),
  ])
  const factor = emitter.emit('Div', [scale.get('plain'), deviation])
  const offset = shift.get('plain')
  const make = () => scaleAndShift(emitter, centred, factor, offset, channels)
  const makeQuarters = () => pickQuarters(emitter, centred, factor, offset, channels)
  const even = height % 2 === 0 && width % 2 === 0
  return [
    blockedOperand(emitter, outputs[0]!, make, even ? { makeQuarters } : {}),
    plainOperand(emitter, outputs[1]!, mean),
    plainOperand(emitter, outputs[2]!, variance),
  ]
}

export const lowerBatchNormGradient: BlockedRule<'batchNormGradient'> = ({
  emitter,
  operands,
  attributes,
  outputs,
}) => {
  const [x, scale, mean, variance, dy] = operands as [Operand, Operand, Operand, Operand, Operand]
  if (x.native !== 'blocked' || !isBlockable(emitter, x.type)) return undefined
  const [batch, channels, height, width] = x.type.shape as readonly [number, number, number, number]
  const count = batch * height * width
  const gradient = dy.get('blocked')
  const centred = centre(emitter, x.get('blocked'), mean.get('plain'), channels)
  const sum = (value: string) =>
    emitter.emit('Mul', [channelMeans(emitter, value, x), emitter.float(count)])
  const shiftGradient = sum(gradient)
  const dot = sum(emitter.emit('Mul', [gradient, centred]))
  const sums = { scale: scale.get('plain'), variance: variance.get('plain'), dot, shiftGradient }
  const factors = batchNormFactors(emitter, sums, count, attributes)
  const make = () => {
    const part = scaleAndShift(emitter, centred, factors.ofCentred, factors.constant, channels)
    return scaleAndShift(emitter, gradient, factors.ofGradient, undefined, channels, part)
  }
  return [
    blockedOperand(emitter, outputs[0]!, make),
    plainOperand(emitter, outputs[1]!, factors.scaleGradient),
    plainOperand(emitter, outputs[2]!, shiftGradient),
  ]
}

/** Means over images, rows and columns, [C]. */
function channelMeans(emitter: Emitter, blocked: string, { type }: Operand): string {
  const [batch, channels] = type.shape as readonly number[]
  const pooled = emitter.emit('GlobalAveragePool', [blocked], { domain: NCHWC_DOMAIN })
  const means = emitter.emit('Reshape', [pooled, emitter.ints([batch!, channels!])])
  return emitter.emit('ReduceMean', [means], { attributes: { axes: [0], keepdims: 0 } })
}

function centre(emitter: Emitter, x: string, mean: string, channels: number): string {
  const ones: Tensor = tensor('float32', [channels], new Float32Array(channels).fill(1))
  const negative = emitter.emit('Neg', [mean])
  return scaleAndShift(emitter, x, emitter.constant(ones), negative, channels)
}

/** scale · x + shift (+ sum), vectors over the channels, as a depthwise 1x1 convolution. */
function scaleAndShift(
  emitter: Emitter,
  x: string,
  scale: string,
  shift: string | undefined,
  channels: number,
  sum?: string,
): string {
  const filter = emitter.emit('Reshape', [scale, emitter.ints([channels, 1, 1, 1])])
  const inputs = sum === undefined ? [shift] : [shift, sum]
  return emitter.emit('Conv', [x, filter, ...inputs.map((name) => name ?? '')], {
    domain: NCHWC_DOMAIN,
    attributes: { kernel_shape: [1, 1], group: channels },
  })
}
