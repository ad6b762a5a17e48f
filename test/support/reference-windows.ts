/** The definitions of convolution, pooling and batch normalisation as nested loops. */
import type { ConvolutionWindow, PoolingWindow } from '../../src/graph/index.ts'
import { type Dense, dense, eachIndex, offset, strides } from './dense.ts'

/** Visits every product of a convolution: offsets of output, input and weight that belong together. */
function eachProduct(
  inputShape: readonly number[],
  weightShape: readonly number[],
  outputShape: readonly number[],
  { stride, padding, dilation, groups }: ConvolutionWindow,
  visit: (y: number, x: number, w: number) => void,
): void {
  const [sx, sw] = [strides(inputShape), strides(weightShape)]
  const filtersPerGroup = weightShape[0]! / groups
  eachIndex(outputShape, (index, position) => {
    const [n, o, row, column] = index as [number, number, number, number]
    const group = Math.floor(o / filtersPerGroup)
    eachIndex(weightShape.slice(1), (tap) => {
      const [i, ky, kx] = tap as [number, number, number]
      const y = row * stride[0] + ky * dilation[0] - padding[0]
      const x = column * stride[1] + kx * dilation[1] - padding[1]
      if (y < 0 || x < 0 || y >= inputShape[2]! || x >= inputShape[3]!) return
      const channel = group * weightShape[1]! + i
      visit(position, offset([n, channel, y, x], sx), offset([o, i, ky, kx], sw))
    })
  })
}

function outputSize(
  x: readonly number[],
  extent: readonly number[],
  w: PoolingWindow | ConvolutionWindow,
) {
  return [0, 1].map(
    (i) =>
      Math.floor((x[i + 2]! + w.padding[i]! + w.padding[i + 2]! - extent[i]!) / w.stride[i]!) + 1,
  )
}

export function convolve(
  x: Dense,
  weight: Dense,
  bias: Dense | undefined,
  w: ConvolutionWindow,
): Dense {
  const extent = [0, 1].map((i) => (weight.shape[i + 2]! - 1) * w.dilation[i]! + 1)
  const shape = [x.shape[0]!, weight.shape[0]!, ...outputSize(x.shape, extent, w)]
  const result = dense(shape)
  if (bias !== undefined) {
    eachIndex(shape, (index, i) => {
      result.data[i] = bias.data[index[1]!]!
    })
  }
  eachProduct(x.shape, weight.shape, shape, w, (yi, xi, wi) => {
    result.data[yi]! += x.data[xi]! * weight.data[wi]!
  })
  return result
}

export function convolveInputGradient(
  dy: Dense,
  weight: Dense,
  attributes: ConvolutionWindow & { readonly input: readonly (number | string)[] },
): Dense {
  const result = dense(attributes.input as number[])
  eachProduct(result.shape, weight.shape, dy.shape, attributes, (yi, xi, wi) => {
    result.data[xi]! += dy.data[yi]! * weight.data[wi]!
  })
  return result
}

export function convolveWeightGradient(
  x: Dense,
  dy: Dense,
  attributes: ConvolutionWindow & { readonly weight: readonly number[] },
): Dense {
  const result = dense(attributes.weight)
  eachProduct(x.shape, attributes.weight, dy.shape, attributes, (yi, xi, wi) => {
    result.data[wi]! += dy.data[yi]! * x.data[xi]!
  })
  return result
}

export function maxPool(x: Dense, w: PoolingWindow): Dense[] {
  const shape = [...x.shape.slice(0, 2), ...outputSize(x.shape, w.kernel, w)]
  const [values, positions] = [dense(shape), dense(shape)]
  const step = strides(x.shape)
  eachIndex(shape, (index, i) => {
    let [best, position] = [-Infinity, 0]
    eachTap(index, x, w, (row, column) => {
      const p = offset([index[0]!, index[1]!, row, column], step)
      if (x.data[p]! > best) [best, position] = [x.data[p]!, p]
    })
    values.data[i] = best
    positions.data[i] = position
  })
  return [values, positions]
}

export function maxUnpool(dy: Dense, positions: Dense, shape: readonly number[]): Dense {
  const result = dense(shape)
  for (let i = 0; i < dy.data.length; i++) result.data[positions.data[i]!] = dy.data[i]!
  return result
}

export function avgPool(x: Dense, w: PoolingWindow): Dense {
  const shape = [...x.shape.slice(0, 2), ...outputSize(x.shape, w.kernel, w)]
  const result = dense(shape)
  const step = strides(x.shape)
  eachIndex(shape, (index, i) => {
    eachTap(index, x, w, (row, column) => {
      result.data[i]! += x.data[offset([index[0]!, index[1]!, row, column], step)]!
    })
    result.data[i]! /= w.kernel[0] * w.kernel[1]
  })
  return result
}

function eachTap(
  index: readonly number[],
  x: Dense,
  { kernel, stride, padding }: PoolingWindow,
  visit: (row: number, column: number) => void,
): void {
  for (let ky = 0; ky < kernel[0]; ky++) {
    for (let kx = 0; kx < kernel[1]; kx++) {
      const row = index[2]! * stride[0] + ky - padding[0]
      const column = index[3]! * stride[1] + kx - padding[1]
      if (row >= 0 && column >= 0 && row < x.shape[2]! && column < x.shape[3]!) visit(row, column)
    }
  }
}

export function batchNormalize(x: Dense, scale: Dense, shift: Dense, epsilon: number): Dense[] {
  const channels = x.shape[1]!
  const [mean, variance, y] = [dense([channels]), dense([channels]), dense(x.shape)]
  const count = x.data.length / channels
  eachIndex(x.shape, (index, i) => {
    mean.data[index[1]!]! += x.data[i]! / count
  })
  eachIndex(x.shape, (index, i) => {
    variance.data[index[1]!]! += (x.data[i]! - mean.data[index[1]!]!) ** 2 / count
  })
  eachIndex(x.shape, (index, i) => {
    const c = index[1]!
    const normal = (x.data[i]! - mean.data[c]!) / Math.sqrt(variance.data[c]! + epsilon)
    y.data[i] = normal * scale.data[c]! + shift.data[c]!
  })
  return [y, mean, variance]
}

export function batchNormalizeGradient(
  [x, scale, mean, variance, dy]: readonly [Dense, Dense, Dense, Dense, Dense],
  epsilon: number,
): Dense[] {
  const channels = x.shape[1]!
  const count = x.data.length / channels
  const [dx, dScale, dShift] = [dense(x.shape), dense([channels]), dense([channels])]
  const deviation = (c: number) => Math.sqrt(variance.data[c]! + epsilon)
  const normal = (c: number, i: number) => (x.data[i]! - mean.data[c]!) / deviation(c)
  eachIndex(x.shape, (index, i) => {
    const c = index[1]!
    dShift.data[c]! += dy.data[i]!
    dScale.data[c]! += dy.data[i]! * normal(c, i)
  })
  eachIndex(x.shape, (index, i) => {
    const c = index[1]!
    const correction = (dShift.data[c]! + normal(c, i) * dScale.data[c]!) / count
    dx.data[i] = (scale.data[c]! / deviation(c)) * (dy.data[i]! - correction)
  })
  return [dx, dScale, dShift]
}
