import {
  add,
  avgPool2d,
  batchNorm,
  batchNormInference,
  cast,
  concat,
  conv2d,
  div,
  flatten as flattenValue,
  gelu as geluValue,
  gemm,
  globalAvgPool2d,
  maxPool2d,
  mul,
  reduceMean,
  relu as reluValue,
  scalar,
  sqrt,
  sub,
  type Value,
} from '../graph/index.ts'
import { constantOf, uniformByFanIn } from './initializers.ts'
import type { Layer, NetworkBuilder } from './network.ts'

export const relu: Layer = (_, x) => reluValue(x)
export const gelu: Layer = (_, x) => geluValue(x)
export const flatten: Layer = (_, x) => flattenValue(x)
/** [N, C, H, W] → [N, C], the mean over the image. */
export const globalAveragePool: Layer = (_, x) => globalAvgPool2d(x)

export const maxPool =
  (size: number): Layer =>
  (_, x) =>
    maxPool2d(x, { kernel: [size, size] })

export const averagePool =
  (size: number): Layer =>
  (_, x) =>
    avgPool2d(x, { kernel: [size, size] })

export function sequential(...layers: readonly Layer[]): Layer {
  return (builder, x) => layers.reduce((value, layer) => layer(builder, value), x)
}

export interface ConvOptions {
  readonly kernel?: number
  readonly stride?: number
  /** On each side; half the kernel unless told, which keeps the size at stride 1. */
  readonly padding?: number
  readonly groups?: number
  /** Left out before a batch normalisation, which has a shift of its own. */
  readonly bias?: boolean
}

export function conv(filters: number, options: ConvOptions = {}): Layer {
  const { kernel = 3, stride = 1, groups = 1, bias = true } = options
  const padding = options.padding ?? Math.floor(kernel / 2)
  return (builder, x) => {
    const name = builder.name('conv')
    const perGroup = (x.shape[1] as number) / groups
    const initialize = uniformByFanIn(perGroup * kernel * kernel)
    const shape = [filters, perGroup, kernel, kernel]
    const weight = builder.parameter({ name: `${name}.weight`, shape, initialize, decay: true })
    return conv2d(x, weight, {
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
      groups,
      ...(bias ? { bias: biasOf(builder, name, filters, initialize) } : {}),
    })
  }
}

/** [N, features] → [N, units]. */
export function dense(units: number): Layer {
  return (builder, x) => {
    const name = builder.name('dense')
    const features = x.shape[1] as number
    const initialize = uniformByFanIn(features)
    const shape = [units, features]
    const weight = builder.parameter({ name: `${name}.weight`, shape, initialize, decay: true })
    builder.lastDenseInput = x
    return gemm(x, weight, { transposeB: true, bias: biasOf(builder, name, units, initialize) })
  }
}

function biasOf(
  builder: NetworkBuilder,
  name: string,
  size: number,
  initialize: ReturnType<typeof uniformByFanIn>,
): Value {
  return builder.parameter({ name: `${name}.bias`, shape: [size], initialize, decay: false })
}

/** Zeroes elements with probability `rate` in training and scales the rest up; nothing in inference. */
export function dropout(rate: number): Layer {
  return (builder, x) => {
    if (builder.mode === 'inference' || rate === 0) return x
    const mask = builder.mask(x.shape as readonly number[], 1 - rate)
    return mul(x, mul(cast(mask, 'float32'), scalar(1 / (1 - rate))))
  }
}

const BATCH_NORM_EPSILON = 1e-5
const BATCH_NORM_MOMENTUM = 0.1

/** Batch normalisation of axis 1 with PyTorch's ε, momentum and running statistics. */
export function batchNormalization(momentum = BATCH_NORM_MOMENTUM): Layer {
  return (builder, x) => {
    const name = builder.name('norm')
    const shape = [x.shape[1] as number]
    const [scale, shift] = affineParameters(builder, name, shape)
    if (builder.mode === 'inference') {
      const mean = builder.statistic(`${name}.running_mean`, shape, 0)
      const variance = builder.statistic(`${name}.running_var`, shape, 1)
      return batchNormInference(x, [scale, shift, mean, variance], BATCH_NORM_EPSILON)
    }
    const { y, mean, variance } = batchNorm(x, scale, shift, BATCH_NORM_EPSILON)
    const count = (x.shape as readonly number[]).reduce((n, size) => n * size, 1) / shape[0]!
    const unbiased = mul(variance, scalar(count / Math.max(1, count - 1)))
    const blend = (old: Value, batch: Value) =>
      add(mul(old, scalar(1 - momentum)), mul(batch, scalar(momentum)))
    builder.statistic(`${name}.running_mean`, shape, 0, (old) => blend(old, mean))
    builder.statistic(`${name}.running_var`, shape, 1, (old) => blend(old, unbiased))
    return y
  }
}

/** Layer normalisation over the last axis, ε 1e-5. */
export function layerNormalization(): Layer {
  return (builder, x) => {
    const name = builder.name('norm')
    const axis = x.shape.length - 1
    const [scale, shift] = affineParameters(builder, name, [x.shape[axis] as number])
    const centred = sub(x, reduceMean(x, [axis], true))
    const variance = reduceMean(mul(centred, centred), [axis], true)
    const normal = div(centred, sqrt(add(variance, scalar(1e-5))))
    return add(mul(normal, scale), shift)
  }
}

/** What a normalisation learns: a scale that starts at 1 and a shift that starts at 0. */
function affineParameters(
  builder: NetworkBuilder,
  name: string,
  shape: readonly number[],
): readonly [scale: Value, shift: Value] {
  const declare = (part: string, initial: number) =>
    builder.parameter({
      name: `${name}.${part}`,
      shape,
      initialize: constantOf(initial),
      decay: false,
    })
  return [declare('weight', 1), declare('bias', 0)]
}

/** Convolution, batch normalisation, ReLU: the usual unit of a normalised network. */
export const convUnit = (filters: number, options: Omit<ConvOptions, 'bias'> = {}): Layer =>
  sequential(conv(filters, { ...options, bias: false }), batchNormalization(), relu)

/** x + body(x), or project(x) + body(x) where the shapes differ. */
export function residual(body: Layer, project?: Layer): Layer {
  return (builder, x) => add(body(builder, x), project === undefined ? x : project(builder, x))
}

/** Concatenates x and body(x) along the channels, as DenseNet does. */
export function denselyConnected(body: Layer): Layer {
  return (builder, x) => concat([x, body(builder, x)], 1)
}
