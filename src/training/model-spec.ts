import {
  BUNDLE_IO,
  type Config,
  type DatasetManifest,
  type ImageGeometry,
} from '../contracts/index.ts'
import { div, scalar, softmax } from '../graph/index.ts'
import {
  buildNetwork,
  countParameters,
  type Layer,
  layersOf,
  type Network,
  type Weights,
} from '../nn/index.ts'
import { toOnnx } from '../onnx/index.ts'

/** What decides a network's graph. */
export interface ModelSpec {
  readonly layers: Layer
  readonly geometry: ImageGeometry
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] }
  /** Whether the exported model looks at the mirror image, too. */
  readonly mirror?: boolean
}

export function modelSpec(
  config: Config,
  { classes, geometry, normalization }: DatasetManifest,
): ModelSpec {
  const layers = layersOf(config.model, classes.length)
  return { layers, geometry, normalization, mirror: config.model.mirror }
}

/** [C, H, W] */
export function imageShape({ channels, height, width }: ImageGeometry) {
  return [channels, height, width] as const
}

export function inferenceNetwork(spec: ModelSpec): Network {
  const { geometry, normalization, mirror = false, layers } = spec
  const image = imageShape(geometry)
  return buildNetwork(layers, { mode: 'inference', batch: 'batch', image, normalization, mirror })
}

export interface InferenceOptions {
  readonly metadata?: Readonly<Record<string, string>>
  /** The logits are divided by it on their way to the probabilities; the output `logits` is not. */
  readonly temperature?: number
}

/** The bundle's bytes: the network for any batch size, its weights stored inside. */
export function inferenceModel(
  spec: ModelSpec,
  weights: Weights,
  { metadata = {}, temperature = 1 }: InferenceOptions = {},
): Uint8Array {
  const { logits, embedding } = inferenceNetwork(spec)
  return toOnnx({
    name: 'atelier-model',
    outputs: {
      [BUNDLE_IO.probabilities]: softmax(div(logits, scalar(temperature)), 1),
      [BUNDLE_IO.logits]: logits,
      [BUNDLE_IO.embedding]: embedding,
    },
    constants: weights,
    metadata,
  }).bytes
}

/** Trainable scalars of the configured model. Throws where it cannot be built for this data. */
export function modelSize(config: Config, dataset: DatasetManifest): number {
  return countParameters(inferenceNetwork(modelSpec(config, dataset)).parameters)
}
