import {
  add,
  cast,
  constant,
  type Dim,
  gather,
  input,
  mul,
  scalar,
  type Value,
} from '../graph/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import type { Initializer } from './initializers.ts'

/** A trainable tensor. `decay` tells weights from biases and normalisation parameters. */
export interface Parameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly initialize: Initializer
  readonly decay: boolean
  readonly value: Value
}

/** A tensor that training updates without a gradient: running statistics. */
export interface Statistic {
  readonly name: string
  readonly shape: readonly number[]
  readonly initial: number
  /** Its value after this step; set in training mode. */
  readonly next: Value | undefined
}

/** A dropout mask to feed: uint8, 1 where the element is kept, which happens with `keep` probability. */
export interface Mask {
  readonly name: string
  readonly shape: readonly number[]
  readonly keep: number
}

export type NetworkMode = 'training' | 'inference'

/** One step of a network: takes features, declares what it needs with the builder, returns features. */
export type Layer = (builder: NetworkBuilder, x: Value) => Value

export interface NetworkOptions {
  readonly mode: NetworkMode
  /** A number in training; a name such as `batch` for a model that takes any. */
  readonly batch: Dim
  /** [C, H, W] */
  readonly image: readonly [number, number, number]
  /** Per channel, of pixels scaled to [0, 1]. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] }
  /** Average logits and embedding over the image and its mirror image; only inference does. */
  readonly mirror?: boolean
}

export interface Network {
  readonly parameters: readonly Parameter[]
  readonly statistics: readonly Statistic[]
  readonly masks: readonly Mask[]
  /** float32 [batch, classes]. */
  readonly logits: Value
  /** The input of the last dense layer, float32 [batch, features]. */
  readonly embedding: Value
}

/** Name of the network's input: uint8 [batch, C, H, W]. */
export const IMAGES = 'images'

export function buildNetwork(layer: Layer, options: NetworkOptions): Network {
  const builder = new NetworkBuilder(options.mode)
  const images = input(IMAGES, [options.batch, ...options.image], 'uint8')
  const pixels = normalize(images, options.normalization)
  const direct = look(builder, layer, pixels)
  if (!options.mirror || options.mode === 'training') return { ...builder.declared, ...direct }
  builder.startAgain()
  const mirrored = look(builder, layer, mirror(pixels))
  const mean = (a: Value, b: Value) => mul(add(a, b), scalar(0.5))
  return {
    ...builder.declared,
    logits: mean(direct.logits, mirrored.logits),
    embedding: mean(direct.embedding, mirrored.embedding),
  }
}

function look(builder: NetworkBuilder, layer: Layer, pixels: Value) {
  const logits = layer(builder, pixels)
  return { logits, embedding: builder.lastDenseInput ?? logits }
}

/** Turns images around the vertical axis. */
function mirror(pixels: Value): Value {
  const width = pixels.shape[3] as number
  const order = BigInt64Array.from({ length: width }, (_, i) => BigInt(width - 1 - i))
  return gather(pixels, constant(tensor('int64', [width], order)), 3)
}

/** (pixel / 255 − mean) / std per channel, as one multiplication and one addition. */
function normalize(images: Value, { mean, std }: NetworkOptions['normalization']): Value {
  const shape = [1, mean.length, 1, 1]
  const scale = Float32Array.from(std, (s) => 1 / (255 * s))
  const shift = Float32Array.from(std, (s, c) => -mean[c]! / s)
  const scaled = mul(cast(images, 'float32'), constant(tensor('float32', shape, scale)))
  return add(scaled, constant(tensor('float32', shape, shift)))
}

/** Collects what the layers of a network declare, with names unique by kind: conv1, conv2, dense1 … */
export class NetworkBuilder {
  readonly mode: NetworkMode
  lastDenseInput: Value | undefined
  readonly #parameters: Parameter[] = []
  readonly #statistics: Statistic[] = []
  readonly #masks: Mask[] = []
  readonly #counts = new Map<string, number>()
  readonly #declared = new Map<string, Value>()

  constructor(mode: NetworkMode) {
    this.mode = mode
  }

  get declared(): Pick<Network, 'parameters' | 'statistics' | 'masks'> {
    return { parameters: this.#parameters, statistics: this.#statistics, masks: this.#masks }
  }

  /** A fresh name for a layer of this kind. */
  name(kind: string): string {
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    return `${kind}${count}`
  }

  /** Gives the same names once more, for layers that are applied twice with the same weights. */
  startAgain(): void {
    this.#counts.clear()
  }

  parameter(parameter: Omit<Parameter, 'value'>): Value {
    const known = this.#declared.get(parameter.name)
    if (known !== undefined) return known
    const value = this.#declare(parameter.name, parameter.shape)
    this.#parameters.push({ ...parameter, value })
    return value
  }

  /** Declares a running statistic; `next` computes its new value from the old one. */
  statistic(
    name: string,
    shape: readonly number[],
    initial: number,
    next?: (old: Value) => Value,
  ): Value {
    const known = this.#declared.get(name)
    if (known !== undefined) return known
    const value = this.#declare(name, shape)
    this.#statistics.push({ name, shape, initial, next: next?.(value) })
    return value
  }

  #declare(name: string, shape: readonly number[]): Value {
    const value = input(name, shape)
    this.#declared.set(name, value)
    return value
  }

  mask(shape: readonly number[], keep: number): Value {
    const name = this.name('mask')
    this.#masks.push({ name, shape, keep })
    return input(name, shape, 'uint8')
  }
}

/** Number of trainable scalars. */
export function countParameters(
  parameters: readonly { readonly shape: readonly number[] }[],
): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((n, size) => n * size, 1), 0)
}

/** Tensors by name, as weights travel between training, checkpoints and export. */
export type Weights = ReadonlyMap<string, Tensor<'float32'>>
