import type { DType, Tensor } from '../tensor/index.ts'
import type { GraphShape } from './dimensions.ts'

type Nothing = Readonly<Record<string, never>>

export interface Reduction {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

/** [height, width] pairs; padding is [top, left, bottom, right]. */
export interface Window {
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number, number, number]
}

export interface ConvolutionWindow extends Window {
  readonly dilation: readonly [number, number]
  readonly groups: number
}

export interface PoolingWindow extends Window {
  readonly kernel: readonly [number, number]
}

export interface SliceRange {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step: number
}

/** Every operator of the graph with its attributes. Images are [N, C, H, W]. */
export interface Attributes {
  input: { readonly name: string; readonly dtype: DType; readonly shape: GraphShape }
  constant: { readonly value: Tensor }

  // elementwise, with NumPy broadcasting
  add: Nothing
  sub: Nothing
  mul: Nothing
  div: Nothing
  /** a > b, as bool. */
  greater: Nothing
  /** a = b, as bool. */
  equal: Nothing
  /** condition ? a : b. */
  where: Nothing

  // elementwise, one input
  neg: Nothing
  exp: Nothing
  log: Nothing
  sqrt: Nothing
  tanh: Nothing
  sigmoid: Nothing
  erf: Nothing
  relu: Nothing
  /** 1 where x > 0, else 0, in the type of x. */
  positive: Nothing
  /** x · Φ(x), the exact form with erf. */
  gelu: Nothing
  cast: { readonly dtype: DType }

  /** [M, K] · [K, N] + bias [N], optionally of the transposed operands. */
  gemm: { readonly transposeA: boolean; readonly transposeB: boolean }
  /** [..., M, K] · [..., K, N] with broadcast leading axes. */
  matmul: Nothing

  /** x [N, I, H, W], weight [O, I/groups, kh, kw], optional bias [O]. */
  conv2d: ConvolutionWindow
  /** (output gradient, weight) → input gradient of shape `input`. */
  conv2dInputGradient: ConvolutionWindow & { readonly input: GraphShape }
  /** (x, output gradient) → weight gradient of shape `weight`. */
  conv2dWeightGradient: ConvolutionWindow & { readonly weight: readonly number[] }
  /** → pooled, and where in its image each maximum stands (int64; the first of equals). */
  maxPool2d: PoolingWindow
  /** (output gradient, positions) → input gradient of shape `input`, for windows that do not overlap. */
  maxUnpool2d: PoolingWindow & { readonly input: GraphShape }
  /** Padding counts as zeros in the average. */
  avgPool2d: PoolingWindow

  /** (x, scale, shift) → y, batch mean [C], batch variance [C] (population), over all axes but 1. */
  batchNorm: { readonly epsilon: number }
  /** (x, scale, batch mean, batch variance, output gradient) → gradients of x, scale, shift. */
  batchNormGradient: { readonly epsilon: number }
  /** (x, scale, shift, running mean, running variance) → y. */
  batchNormInference: { readonly epsilon: number }

  softmax: { readonly axis: number }
  logSoftmax: { readonly axis: number }
  reduceSum: Reduction
  reduceMean: Reduction
  reduceMax: Reduction
  /** Index of the first maximum, int64. */
  argMax: { readonly axis: number }

  reshape: { readonly shape: GraphShape }
  transpose: { readonly order: readonly number[] }
  broadcastTo: { readonly shape: readonly number[] }
  concat: { readonly axis: number }
  slice: { readonly ranges: readonly SliceRange[] }
  /** Zeros before and after each axis. */
  pad: { readonly before: readonly number[]; readonly after: readonly number[] }
  /** (x, indices) → the entries of `axis` that the indices name. */
  gather: { readonly axis: number }
  /** (output gradient, indices) → input gradient of shape `input`. */
  gatherGradient: { readonly axis: number; readonly input: readonly number[] }
  /** (labels [N]) → float32 [N, classes]. */
  oneHot: { readonly classes: number }
}

export type OpName = keyof Attributes
