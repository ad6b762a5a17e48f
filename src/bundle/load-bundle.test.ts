import { describe, expect, it } from 'vitest'
import { BUNDLE_IO, BUNDLE_MANIFEST_KEY, type BundleManifest } from '../contracts/index.ts'
import { cast, constant, flatten, gemm, input, softmax } from '../graph/index.ts'
import { createPreprocessing, preprocessingFingerprint } from '../image/index.ts'
import { toOnnx } from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'
import { loadBundle, readManifest } from './load-bundle.ts'

const OPTIONS = { threads: 1, batchSize: 4 }
const CLASSES = 3
const PIXELS = 16

function manifestWith(change: Partial<BundleManifest> = {}): BundleManifest {
  const geometry = { height: 4, width: 4, channels: 1 } as const
  const preprocessing = createPreprocessing(geometry, { mean: [0], std: [1] })
  const summary = { mean: 0, std: 1, min: -1, max: 1 }
  return {
    format: 'atelier-model',
    version: 1,
    created: '2026-11-23T05:31:12.000Z',
    producer: 'atelier test',
    run_id: 'none',
    architecture: 'linear',
    parameters: PIXELS * CLASSES,
    classes: ['a', 'b', 'c'],
    preprocessing,
    preprocessing_fingerprint: preprocessingFingerprint(preprocessing),
    dataset: { name: 'none', digest: 'none' },
    config_digest: 'none',
    seed: 1,
    weight_digest: 'none',
    metrics: { epoch: 1, val_loss: 1, val_accuracy: 0.5 },
    temperature: 1,
    calibrated: true,
    reference_features: { avg_brightness: summary, contrast: summary },
    ...change,
  }
}

/** A linear model; class k sums the pixels of row k. */
function linearModel(manifest: unknown, batch: number | 'batch' = 'batch'): Uint8Array {
  const weights = Float32Array.from({ length: CLASSES * PIXELS }, (_, i) =>
    Math.floor((i % PIXELS) / 4) === Math.floor(i / PIXELS) ? 0.01 : 0,
  )
  const images = input(BUNDLE_IO.images, [batch, 1, 4, 4], 'uint8')
  const features = flatten(cast(images, 'float32'))
  const matrix = constant(tensor('float32', [CLASSES, PIXELS], weights))
  const logits = gemm(features, matrix, { transposeB: true })
  return toOnnx({
    name: 'linear',
    outputs: {
      [BUNDLE_IO.probabilities]: softmax(logits, 1),
      [BUNDLE_IO.logits]: logits,
      [BUNDLE_IO.embedding]: features,
    },
    metadata: manifest === undefined ? {} : { [BUNDLE_MANIFEST_KEY]: JSON.stringify(manifest) },
  }).bytes
}

describe('loadBundle', () => {
  it('predicts any number of images, in batches', async () => {
    const bundle = await loadBundle(linearModel(manifestWith()), OPTIONS)
    const count = 10
    const images = Uint8Array.from({ length: count * PIXELS }, (_, i) => (i * 7) % 256)
    const { logits, probabilities, embedding } = await bundle.predict(images, count)
    const none = await bundle.predict(new Uint8Array(0), 0)
    await bundle.close()
    const wanted = Array.from({ length: count * CLASSES }, (_, i) => {
      const start = Math.floor(i / CLASSES) * PIXELS + (i % CLASSES) * 4
      return 0.01 * images.subarray(start, start + 4).reduce((sum, pixel) => sum + pixel, 0)
    })
    expect(logits).toBeAllClose(wanted, { absolute: 1e-4 })
    expect(embedding).toBeAllClose(images)
    for (let row = 0; row < count; row++) {
      const sum = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES).reduce((a, b) => a + b)
      expect(sum).toBeCloseTo(1, 5)
    }
    expect(none.probabilities).toHaveLength(0)
  })

  it('says which file is missing', async () => {
    await expect(loadBundle('/nowhere/model.onnx', OPTIONS)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining('/nowhere/model.onnx'),
    })
  })
})

describe('readManifest', () => {
  it('refuses a model without a manifest', () => {
    expect(() => readManifest(linearModel(undefined))).toThrow(
      expect.objectContaining({ code: 'MODEL_FOREIGN' }),
    )
  })

  const preprocessing = createPreprocessing(
    { height: 4, width: 4, channels: 3 },
    { mean: [0, 0, 0], std: [1, 1, 1] },
  )
  it.each([
    ['of another version', { version: 2 } as never, /not of this version/],
    ['whose fingerprint is another', { preprocessing_fingerprint: 'f00' }, /fingerprint/],
    [
      'with another geometry than the graph',
      { preprocessing, preprocessing_fingerprint: preprocessingFingerprint(preprocessing) },
      /\[1,4,4\], its manifest says \[3,4,4\]/,
    ],
    ['with more classes than the graph', { classes: ['a', 'b', 'c', 'd'] }, /4 classes/],
  ])('refuses a manifest %s', (_, change, reason) => {
    expect(() => readManifest(linearModel(manifestWith(change)))).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        message: expect.stringMatching(reason),
      }),
    )
  })

  it('refuses a graph that takes one batch size only', () => {
    expect(() => readManifest(linearModel(manifestWith(), 4))).toThrow(/any batch size/)
  })
})
