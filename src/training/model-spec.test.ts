import { describe, expect, it } from 'vitest'
import { openPredictor } from '../bundle/index.ts'
import { BUNDLE_IO } from '../contracts/index.ts'
import { createRandom } from '../core/index.ts'
import { architectures } from '../nn/index.ts'
import { inspectModel } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { inferenceModel, inferenceNetwork, type ModelSpec } from './model-spec.ts'

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

  it('answers with the mean over both directions where the configuration asks for it', async () => {
    const geometry = GEOMETRIES[0]
    const layers = architectures['lite']!.layers({ classes: 4, dropout: 0, channels: (n) => n })
    const spec = { layers, geometry, normalization: { mean: [0.3], std: [0.4] } }
    const weights = randomWeights(spec)
    const images = Uint8Array.from({ length: 3 * 28 * 28 }, (_, i) => (i * 37 + (i >> 5)) % 256)
    const turned = Uint8Array.from(images)
    for (let row = 0; row < turned.length; row += 28) turned.subarray(row, row + 28).reverse()
    const logitsOf = async (mirror: boolean, pixels: Uint8Array<ArrayBuffer>) => {
      const model = inferenceModel({ ...spec, mirror }, weights)
      const predictor = await openPredictor(model, [1, 28, 28], { threads: 1, batchSize: 3 })
      const { logits } = await predictor.predict(pixels, 3)
      await predictor.close()
      return logits
    }
    const [direct, other] = [await logitsOf(false, images), await logitsOf(false, turned)]
    const mean = direct.map((value, i) => (value + other[i]!) / 2)
    expect(direct).not.toBeAllClose(other, { absolute: 1e-3 })
    expect(await logitsOf(true, images)).toBeAllClose(mean, { absolute: 1e-5 })
  })
})

function randomWeights(spec: ModelSpec) {
  const random = createRandom(3, 'initialization')
  const { parameters, statistics } = inferenceNetwork(spec)
  return new Map(
    [...parameters, ...statistics].map(({ name, shape }) => {
      const value = zeros('float32', shape)
      for (let i = 0; i < value.data.length; i++) value.data[i] = random.uniform() / 4
      return [name, value]
    }),
  )
}
