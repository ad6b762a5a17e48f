import type { ConvolutionWindow, GraphShape } from '../graph/index.ts'
import { tensor } from '../tensor/index.ts'
import { NCHWC_DOMAIN } from './constants.ts'
import type { Emitter } from './emitter.ts'
import type { BlockedRule } from './lowering-rule.ts'
import {
  blockedOperand,
  isBlockable,
  type Operand,
  plainOperand,
  type Quarters,
} from './operand.ts'

type WeightShape = readonly [filters: number, perGroup: number, height: number, width: number]

/** A plain window: what the gradients below are written for. */
function isSimple({ stride, dilation, groups }: ConvolutionWindow): boolean {
  return groups === 1 && [...stride, ...dilation].every((value) => value === 1)
}

function isThreeByThree({ padding }: ConvolutionWindow, [, , height, width]: WeightShape): boolean {
  return height === 3 && width === 3 && padding.every((amount) => amount === 1)
}

/** Images with fewer channels than a block are read row-major. */
function inputLayout(emitter: Emitter, channels: number): 'plain' | 'blocked' | undefined {
  if (channels % emitter.blockSize === 0) return 'blocked'
  return channels < emitter.blockSize ? 'plain' : undefined
}

export const lowerConv: BlockedRule<'conv2d'> = (lowering) => {
  const { emitter, operands, attributes, outputs } = lowering
  const [x, weight, bias] = operands as [Operand, Operand, Operand?]
  const shape = weight.type.shape as WeightShape
  const { stride, dilation, padding, groups } = attributes
  const layout = inputLayout(emitter, x.type.shape[1] as number)
  if (groups !== 1 || layout === undefined || !isBlockable(emitter, outputs[0]!)) return undefined
  const convolve = (strides: readonly number[], pads: readonly number[]) =>
    emitter.emit(
      'Conv',
      [
        x.get(layout),
        blockWeight(emitter, weight.get('plain'), shape),
        ...(bias === undefined ? [] : [bias.get('plain')]),
      ],
      {
        domain: NCHWC_DOMAIN,
        attributes: { kernel_shape: shape.slice(2), strides, pads, dilations: dilation, group: 1 },
      },
    )
  const [top, left, bottom, right] = padding
  const canQuarter =
    isSimple(attributes) &&
    padding.every((amount) => amount > 0) &&
    outputs[0]!.shape.slice(2).every((size) => (size as number) % 2 === 0)
  // Each quarter is the convolution of stride 2 that starts at its first pixel.
  const quarter = (row: number, column: number) =>
    convolve([2, 2], [top - row, left - column, bottom - 1 + row, right - 1 + column])
  const makeQuarters = (): Quarters => [quarter(0, 0), quarter(0, 1), quarter(1, 0), quarter(1, 1)]
  const make = () => convolve(stride, padding)
  return [blockedOperand(emitter, outputs[0]!, make, canQuarter ? { makeQuarters } : {})]
}

/** OIHW → OIHWBiBo, or OIHWBo where the input is row-major. */
function blockWeight(emitter: Emitter, weight: string, shape: WeightShape): string {
  const b = emitter.blockSize
  const [filters, channels, height, width] = shape
  const [split, perm] =
    channels % b === 0
      ? [
          [filters / b, b, channels / b, b, height, width],
          [0, 2, 4, 5, 3, 1],
        ]
      : [
          [filters / b, b, channels, height, width],
          [0, 2, 3, 4, 1],
        ]
  return rearrange(emitter, weight, split, perm, shape)
}

/** The convolution with flipped, transposed weights. */
export const lowerConvInputGradient: BlockedRule<'conv2dInputGradient'> = (lowering) => {
  const { emitter, operands, attributes, outputs } = lowering
  const [dy, weight] = operands as [Operand, Operand]
  const shape = weight.type.shape as WeightShape
  const [filters, channels, height, width] = shape
  const [top, left, bottom, right] = attributes.padding
  const pads = [height - 1 - top, width - 1 - left, height - 1 - bottom, width - 1 - right]
  const applies =
    isSimple(attributes) &&
    pads.every((amount) => amount >= 0) &&
    isBlockable(emitter, dy.type) &&
    isBlockable(emitter, outputs[0]!)
  if (!applies) return undefined
  const b = emitter.blockSize
  const make = () => {
    const taps = emitter.ints(
      Array.from({ length: height * width }, (_, i) => height * width - 1 - i),
    )
    // The forward pass blocks the same weight, which the runtime then does once. Whole blocks are
    // turned around, which is several times as fast as single numbers.
    const forward = blockWeight(emitter, weight.get('plain'), shape)
    const split = [filters / b, channels / b, height * width, b, b]
    const grouped = emitter.emit('Reshape', [forward, emitter.ints(split)])
    const flipped = emitter.emit('Gather', [grouped, taps], { attributes: { axis: 2 } })
    const ordered = emitter.emit('Transpose', [flipped], { attributes: { perm: [1, 0, 2, 4, 3] } })
    const filter = emitter.emit('Reshape', [
      ordered,
      emitter.ints([channels, filters, height, width]),
    ])
    const widened = dy.has('widened') && isThreeByThree(attributes, shape)
    return emitter.emit('Conv', [dy.get(widened ? 'widened' : 'blocked'), filter], {
      domain: NCHWC_DOMAIN,
      attributes: { kernel_shape: [height, width], pads: widened ? [1, 0, 1, 0] : pads },
    })
  }
  return [blockedOperand(emitter, outputs[0]!, make)]
}

export const lowerConvWeightGradient: BlockedRule<'conv2dWeightGradient'> = (lowering) => {
  const { emitter, operands, attributes, outputs } = lowering
  const [x, dy] = operands as [Operand, Operand]
  const shape = attributes.weight as unknown as WeightShape
  if (!isSimple(attributes) || !isBlockable(emitter, dy.type)) return undefined
  if (shape[1] < emitter.blockSize) {
    const gradient =
      dy.hasQuarters && isThreeByThree(attributes, shape)
        ? fewChannelsFromQuarters(emitter, x, dy, shape)
        : fewChannels(emitter, x, dy, shape, attributes.padding)
    return [plainOperand(emitter, outputs[0]!, gradient)]
  }
  const [batch] = x.type.shape as GraphShape as readonly number[]
  const applies =
    isThreeByThree(attributes, shape) &&
    isBlockable(emitter, x.type) &&
    batch! % emitter.blockSize === 0
  if (!applies) return undefined
  return [plainOperand(emitter, outputs[0]!, asConvolution(emitter, x, dy, shape))]
}

/**
 * The weight gradient as one convolution whose channels are the batch's images and whose kernel is a
 * whole image. Either operand may be the kernel: the one that is not made batch-blocked already. With
 * dy as the data the result is flipped: its tap (i, j) is the weight's (2 − i, 2 − j).
 */
function asConvolution(emitter: Emitter, x: Operand, dy: Operand, shape: WeightShape): string {
  const b = emitter.blockSize
  const [filters, channels] = shape
  const swap = dy.native === 'batchBlocked'
  const [data, kernel] = swap ? [dy, x] : [x, dy]
  const [rows, columns] = swap ? [filters, channels] : [channels, filters]
  const product = emitter.emit(
    'Conv',
    [data.get('batchBlocked'), imagesAsKernel(emitter, kernel)],
    {
      domain: NCHWC_DOMAIN,
      attributes: { kernel_shape: kernel.type.shape.slice(2) as number[], pads: [1, 0, 1, 0] },
    },
  )
  const taps = 9
  const split = [rows, columns / b, taps, b]
  if (!swap) return rearrange(emitter, product, split, [1, 3, 0, 2], shape)
  const grouped = emitter.emit('Reshape', [product, emitter.ints(split)])
  const order = emitter.ints(Array.from({ length: taps }, (_, i) => taps - 1 - i))
  const flipped = emitter.emit('Gather', [grouped, order], { attributes: { axis: 2 } })
  const ordered = emitter.emit('Transpose', [flipped], { attributes: { perm: [0, 1, 3, 2] } })
  return emitter.emit('Reshape', [ordered, emitter.ints(shape)])
}

/** [N, C, H, W] blocked → a kernel bank OIHWBiBo with O = C and I = N. */
function imagesAsKernel(emitter: Emitter, value: Operand): string {
  const b = emitter.blockSize
  const [batch, channels, height, width] = value.type.shape as WeightShape
  const split = [batch / b, b, channels / b, height * width, b]
  const joined = [channels, batch, height, width]
  return rearrange(emitter, value.get('blocked'), split, [2, 0, 3, 1, 4], joined)
}

/** For few input channels: the columns of every tap times dy, whose blocks serve as they are. */
function fewChannels(
  emitter: Emitter,
  x: Operand,
  dy: Operand,
  shape: WeightShape,
  pads: readonly number[],
): string {
  const [filters, channels, height, width] = shape
  const [batch, , rows, columns] = dy.type.shape as WeightShape
  const taps = channels * height * width
  const patches = patchColumns(emitter, x, [height, width], { pads })
  const product = blockProduct(emitter, patches, dy.get('blocked'), {
    taps,
    positions: rows * columns,
    batch,
    filters,
  })
  return rearrange(
    emitter,
    product,
    [filters / emitter.blockSize, taps, emitter.blockSize],
    [0, 2, 1],
    shape,
  )
}

/** As `fewChannels` from the four quarters of dy: each sees its part of 4x4 patches of stride 2. */
function fewChannelsFromQuarters(
  emitter: Emitter,
  x: Operand,
  dy: Operand,
  shape: WeightShape,
): string {
  const b = emitter.blockSize
  const [filters, channels] = shape
  const [batch, , rows, columns] = dy.type.shape as WeightShape
  const patches = patchColumns(emitter, x, [4, 4], { pads: [1, 1, 1, 1], strides: [2, 2] })
  const parts = dy.quarters.map((quarter, i) => {
    const product = blockProduct(emitter, patches, quarter, {
      taps: channels * 16,
      positions: (rows * columns) / 4,
      batch,
      filters,
    })
    const split = emitter.emit('Reshape', [product, emitter.ints([filters / b, channels, 4, 4, b])])
    const [row, column] = [i >> 1, i & 1]
    const bounds = [
      [row, column],
      [row + 3, column + 3],
      [2, 3],
    ]
    return emitter.emit('Slice', [split, ...bounds.map((values) => emitter.ints(values))])
  })
  const sum = emitter.emit('Sum', parts)
  const ordered = emitter.emit('Transpose', [sum], { attributes: { perm: [0, 4, 1, 2, 3] } })
  return emitter.emit('Reshape', [ordered, emitter.ints(shape)])
}

/** The patches under a kernel as [N, C · kh · kw, rows, columns], by a convolution that only copies. */
function patchColumns(
  emitter: Emitter,
  x: Operand,
  [height, width]: readonly [number, number],
  attributes: { readonly pads: readonly number[]; readonly strides?: readonly number[] },
): string {
  const channels = x.type.shape[1] as number
  const taps = channels * height * width
  const identity = new Float32Array(taps * taps)
  for (let i = 0; i < taps; i++) identity[i * taps + i] = 1
  const filter = emitter.constant(tensor('float32', [taps, channels, height, width], identity))
  return emitter.emit('Conv', [x.get('plain'), filter], { attributes })
}

interface BlockProduct {
  readonly taps: number
  readonly positions: number
  readonly batch: number
  readonly filters: number
}

/** Σ over images of patches [taps, positions] · dy [positions, b], per block: [filters/b, taps, b]. */
function blockProduct(
  emitter: Emitter,
  patches: string,
  dy: string,
  { taps, positions, batch, filters }: BlockProduct,
): string {
  const b = emitter.blockSize
  const left = emitter.emit('Reshape', [patches, emitter.ints([batch, 1, taps, positions])])
  const right = emitter.emit('Reshape', [dy, emitter.ints([batch, filters / b, positions, b])])
  const products = emitter.emit('MatMul', [left, right])
  return emitter.emit('ReduceSum', [products, emitter.ints([0])], { attributes: { keepdims: 0 } })
}

function rearrange(
  emitter: Emitter,
  value: string,
  split: readonly number[],
  perm: readonly number[],
  joined: readonly number[],
): string {
  const grouped = emitter.emit('Reshape', [value, emitter.ints(split)])
  const ordered = emitter.emit('Transpose', [grouped], { attributes: { perm } })
  return emitter.emit('Reshape', [ordered, emitter.ints(joined)])
}
