/** Lowering of convolutions, pooling and batch normalisation with stock ONNX operators. */
import type { ConvolutionWindow, GraphShape, PoolingWindow } from '../graph/index.ts'
import { MICROSOFT_DOMAIN } from './constants.ts'
import type { Emitter } from './emitter.ts'
import type { Lowering } from './lowering-rule.ts'

const EVERYTHING = [0, 0]

function convolutionAttributes({ stride, padding, dilation, groups }: ConvolutionWindow) {
  return { strides: stride, pads: padding, dilations: dilation, group: groups }
}

function poolingAttributes({ kernel, stride, padding }: PoolingWindow) {
  return { kernel_shape: kernel, strides: stride, pads: padding }
}

export function lowerConv({ emitter, inputs, attributes }: Lowering<'conv2d'>): readonly string[] {
  return [emitter.emit('Conv', inputs, { attributes: convolutionAttributes(attributes) })]
}

/** A convolution with stride 1 is undone by one with flipped, transposed weights; else ConvTranspose. */
export function lowerConvInputGradient(
  lowering: Lowering<'conv2dInputGradient'>,
): readonly string[] {
  const { emitter, inputs, types, attributes } = lowering
  const { stride, padding, dilation, groups, input } = attributes
  const weight = types[1]!.shape as readonly number[]
  const extent = [2, 3].map((axis, i) => (weight[axis]! - 1) * dilation[i]!)
  const flippedPadding = padding.map((amount, side) => extent[side % 2]! - amount)
  if (stride.every((step) => step === 1) && flippedPadding.every((amount) => amount >= 0)) {
    const flipped = flipWeight(emitter, inputs[1]!, weight, groups)
    return [
      emitter.emit('Conv', [inputs[0]!, flipped], {
        attributes: { pads: flippedPadding, dilations: dilation, group: groups },
      }),
    ]
  }
  const size = types[0]!.shape.slice(2) as readonly number[]
  const covered = size.map(
    (n, i) => (n - 1) * stride[i]! + extent[i]! + 1 - padding[i]! - padding[i + 2]!,
  )
  const missing = covered.map((n, i) => (input[i + 2] as number) - n)
  return [
    emitter.emit('ConvTranspose', inputs, {
      attributes: { ...convolutionAttributes(attributes), output_padding: missing },
    }),
  ]
}

/** [O, I/g, kh, kw] → [I, O/g, kh, kw], each kernel turned by 180°. */
function flipWeight(
  emitter: Emitter,
  weight: string,
  shape: readonly number[],
  groups: number,
): string {
  const [filters, perGroup, height, width] = shape as readonly [number, number, number, number]
  const grouped = emitter.emit('Reshape', [
    weight,
    emitter.ints([groups, filters / groups, perGroup, height, width]),
  ])
  const swapped = emitter.emit('Transpose', [grouped], { attributes: { perm: [0, 2, 1, 3, 4] } })
  const joined = emitter.emit('Reshape', [
    swapped,
    emitter.ints([groups * perGroup, filters / groups, height, width]),
  ])
  const beforeStart = -(2 ** 31)
  return emitter.emit('Slice', [
    joined,
    emitter.ints([-1, -1]),
    emitter.ints([beforeStart, beforeStart]),
    emitter.ints([2, 3]),
    emitter.ints([-1, -1]),
  ])
}

/**
 * The columns that the kernel's taps see (one strided slice per tap) times the output gradient, per
 * image and group, summed over images. A plain matrix product with a long inner axis runs several
 * times as fast as the convolution that could compute the same.
 */
export function lowerConvWeightGradient(
  lowering: Lowering<'conv2dWeightGradient'>,
): readonly string[] {
  const { emitter, inputs, types, attributes } = lowering
  const { groups, weight } = attributes
  const [filters, perGroup, height, width] = weight as readonly [number, number, number, number]
  const batch = types[0]!.shape[0] as number
  const size = types[1]!.shape.slice(2) as readonly number[]
  const positions = size[0]! * size[1]!
  const taps = height * width
  const columns = tapColumns(emitter, inputs[0]!, size, attributes).map((tap) =>
    emitter.emit('Reshape', [tap, emitter.ints([batch, groups, perGroup, positions])]),
  )
  const stacked =
    taps === 1 ? columns[0]! : emitter.emit('Concat', columns, { attributes: { axis: 2 } })
  const gradient = emitter.emit('Reshape', [
    inputs[1]!,
    emitter.ints([batch, groups, filters / groups, positions]),
  ])
  const products = emitter.emit('FusedMatMul', [gradient, stacked], {
    domain: MICROSOFT_DOMAIN,
    attributes: { transB: 1 },
  })
  const sum = emitter.emit('ReduceSum', [products, emitter.ints([0])], {
    attributes: { keepdims: 0 },
  })
  const split = emitter.emit('Reshape', [sum, emitter.ints([filters, taps, perGroup])])
  const ordered = emitter.emit('Transpose', [split], { attributes: { perm: [0, 2, 1] } })
  return [emitter.emit('Reshape', [ordered, emitter.ints(weight)])]
}

function tapColumns(
  emitter: Emitter,
  x: string,
  size: readonly number[],
  { stride, padding, dilation, weight }: Lowering<'conv2dWeightGradient'>['attributes'],
): string[] {
  const [top, left, bottom, right] = padding
  const padded = padding.some((amount) => amount > 0)
    ? emitter.emit('Pad', [
        x,
        emitter.ints([...EVERYTHING, top, left, ...EVERYTHING, bottom, right]),
      ])
    : x
  const [height, width] = weight.slice(2) as [number, number]
  return Array.from({ length: height * width }, (_, tap) => {
    const start = [Math.floor(tap / width) * dilation[0], (tap % width) * dilation[1]]
    const end = start.map((first, i) => first + (size[i]! - 1) * stride[i]! + 1)
    return emitter.emit('Slice', [
      padded,
      emitter.ints(start),
      emitter.ints(end),
      emitter.ints([2, 3]),
      emitter.ints(stride),
    ])
  })
}

/** Asks for positions only where something uses them: finding them doubles the cost of the pooling. */
export function lowerMaxPool({ emitter, inputs, attributes, used }: Lowering<'maxPool2d'>) {
  return emitter.emitAll('MaxPool', inputs, {
    attributes: poolingAttributes(attributes),
    outputs: used[1] ? 2 : 1,
  })
}

export function lowerMaxUnpool(lowering: Lowering<'maxUnpool2d'>): readonly string[] {
  const { emitter, inputs, attributes } = lowering
  const shape = attributes.input as GraphShape as readonly number[]
  const { kernel_shape, strides } = poolingAttributes(attributes)
  return [
    emitter.emit('MaxUnpool', [...inputs, emitter.ints(shape)], {
      attributes: { kernel_shape, strides },
    }),
  ]
}

export function lowerAvgPool({ emitter, inputs, attributes }: Lowering<'avgPool2d'>) {
  return [
    emitter.emit('AveragePool', inputs, {
      attributes: { ...poolingAttributes(attributes), count_include_pad: 1 },
    }),
  ]
}

export function lowerBatchNorm(lowering: Lowering<'batchNorm'>): readonly string[] {
  const { emitter, inputs, types, attributes } = lowering
  const [x, scale, shift] = inputs as readonly [string, string, string]
  const rank = types[0]!.shape.length
  const axes = Array.from({ length: rank }, (_, i) => i).filter((axis) => axis !== 1)
  const keep = { attributes: { axes, keepdims: 1 } }
  const perChannel = (value: string) =>
    emitter.emit('Reshape', [
      value,
      emitter.ints(Array.from({ length: rank }, (_, i) => (i === 1 ? -1 : 1))),
    ])
  const flat = (value: string) => emitter.emit('Reshape', [value, emitter.ints([-1])])
  const mean = emitter.emit('ReduceMean', [x], keep)
  const centred = emitter.emit('Sub', [x, mean])
  const variance = emitter.emit('ReduceMean', [emitter.emit('Mul', [centred, centred])], keep)
  const deviation = emitter.emit('Sqrt', [
    emitter.emit('Add', [variance, emitter.float(attributes.epsilon)]),
  ])
  const factor = emitter.emit('Div', [perChannel(scale), deviation])
  const y = emitter.emit('Add', [emitter.emit('Mul', [centred, factor]), perChannel(shift)])
  return [y, flat(mean), flat(variance)]
}

/**
 * With x̂ = (x − mean) / √(variance + ε) and sums over all axes but the channel's:
 * dshift = Σ dy, dscale = Σ dy·x̂, dx = scale / √(variance + ε) · (dy − (dshift + x̂·dscale) / count).
 */
export function lowerBatchNormGradient(lowering: Lowering<'batchNormGradient'>): readonly string[] {
  const { emitter, inputs, types, attributes } = lowering
  const [x, scale, mean, variance, dy] = inputs as readonly [string, string, string, string, string]
  const shape = types[0]!.shape as readonly number[]
  const axes = emitter.ints(shape.map((_, axis) => axis).filter((axis) => axis !== 1))
  const perChannel = (value: string) =>
    emitter.emit('Reshape', [value, emitter.ints(shape.map((_, axis) => (axis === 1 ? -1 : 1)))])
  const sum = (value: string) =>
    emitter.emit('ReduceSum', [value, axes], { attributes: { keepdims: 0 } })
  const centred = emitter.emit('Sub', [x, perChannel(mean)])
  const shiftGradient = sum(dy)
  const dot = sum(emitter.emit('Mul', [dy, centred]))
  const count = shape.reduce((n, size) => n * size, 1) / shape[1]!
  const factors = batchNormFactors(
    emitter,
    { scale, variance, dot, shiftGradient },
    count,
    attributes,
  )
  const dx = emitter.emit('Add', [
    emitter.emit('Mul', [dy, perChannel(factors.ofGradient)]),
    emitter.emit('Add', [
      emitter.emit('Mul', [centred, perChannel(factors.ofCentred)]),
      perChannel(factors.constant),
    ]),
  ])
  return [dx, factors.scaleGradient, shiftGradient]
}

interface BatchNormSums {
  readonly scale: string
  readonly variance: string
  /** Σ dy · (x − mean) per channel. */
  readonly dot: string
  /** Σ dy per channel. */
  readonly shiftGradient: string
}

/** dx = dy · ofGradient + (x − mean) · ofCentred + constant, each a vector over the channels. */
export function batchNormFactors(
  emitter: Emitter,
  { scale, variance, dot, shiftGradient }: BatchNormSums,
  count: number,
  { epsilon }: { readonly epsilon: number },
) {
  const deviation = emitter.emit('Sqrt', [emitter.emit('Add', [variance, emitter.float(epsilon)])])
  const scaleGradient = emitter.emit('Div', [dot, deviation])
  const ofGradient = emitter.emit('Div', [scale, deviation])
  const perImage = emitter.emit('Mul', [ofGradient, emitter.float(-1 / count)])
  const ofCentred = emitter.emit('Mul', [perImage, emitter.emit('Div', [scaleGradient, deviation])])
  const constant = emitter.emit('Mul', [perImage, shiftGradient])
  return { scaleGradient, ofGradient, ofCentred, constant }
}
