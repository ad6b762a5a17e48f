import { describe, expect, it } from 'vitest'
import { BUNDLE_IO } from '../contracts/index.ts'
import { architectures } from '../nn/index.ts'
import { inspectModel } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { inferenceModel, inferenceNetwork } from './model-spec.ts'

const GEOMETRIES = [
  { channels: 1, height: 28, width: 28 },
  { channels: 3, height: 33, width: 48 },
] as const

describe('inferenceModel', () => {
  const cases = Object.keys(architectures).flatMap((name) =>
    GEOMETRIES.map((geometry) => ({ name, geometry, channels: geometry.channels })),
  )

  it.each(cases)(
    'makes of $name, $channels channels, a model that passes our own inspection',
    ({ name, geometry }) => {
      const layers = architectures[name]!.layers({ classes: 7, dropout: 0.1, channels: (n) => n })
      const mean = Array<number>(geometry.channels).fill(0.5)
      const spec = { layers, geometry, normalization: { mean, std: mean } }
      const { parameters, statistics } = inferenceNetwork(spec)
      const weights = new Map(
        [...parameters, ...statistics].map((each) => [each.name, zeros('float32', each.shape)]),
      )
      const { inputs, outputs, operators } = inspectModel(inferenceModel(spec, weights))
      const { channels, height, width } = geometry
      expect(inputs).toEqual([
        { name: BUNDLE_IO.images, dtype: 'uint8', shape: ['batch', channels, height, width] },
      ])
      expect(outputs.map(({ name, dtype }) => [name, dtype])).toEqual([
        [BUNDLE_IO.probabilities, 'float32'],
        [BUNDLE_IO.logits, 'float32'],
        [BUNDLE_IO.embedding, 'float32'],
      ])
      expect(outputs[0]!.shape).toEqual(['batch', 7])
      expect(operators).not.toContain('Dropout')
    },
  )
})
