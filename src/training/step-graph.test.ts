import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.ts'
import { IMAGES, type Layer, layersOf } from '../nn/index.ts'
import { detectBlockSize, openSession } from '../runtime/index.ts'
import { type Tensor, tensor, zeros } from '../tensor/index.ts'
import { buildStepGraph, nextName, STEP_IO, type StepOptions, scalarName } from './step-graph.ts'

const optimizer: StepOptions['optimizer'] = {
  name: 'sgd',
  momentum: 0.9,
  nesterov: true,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weight_decay: 0.01,
  decay_all: false,
}
const regularization = { label_smoothing: 0.1, clip_norm: 1, ema_decay: 0.9 }

function options(type: string, batch: number, size: number, blockSize: number): StepOptions {
  const layers: Layer = layersOf({ type, dropout: 0.25, width: null }, 5)
  return {
    layers,
    batch,
    blockSize,
    optimizer,
    regularization,
    image: [1, size, size],
    normalization: { mean: [0.3], std: [0.35] },
  }
}

/** The state after one step from given random state, images, labels and masks. */
async function runStep(step: StepOptions): Promise<ReadonlyMap<string, Tensor>> {
  const graph = buildStepGraph(step)
  const random = createRandom(7, 'initialization')
  const feeds: Record<string, Tensor> = {}
  for (const { name, shape } of graph.state) {
    const value = zeros('float32', shape)
    const positive = name.endsWith('running_var')
    for (let i = 0; i < value.data.length; i++) {
      value.data[i] = positive ? 1 : 0.2 * (random.uniform() - 0.5)
    }
    feeds[name] = value
  }
  for (const { name, shape } of graph.masks) {
    const mask = zeros('uint8', shape)
    for (let i = 0; i < mask.data.length; i++) mask.data[i] = random.uniform() < 0.75 ? 1 : 0
    feeds[name] = mask
  }
  for (const name of graph.optimizer.scalarNames) {
    feeds[scalarName(name)] = tensor('float32', [], Float32Array.of(0.01))
  }
  const images = zeros('uint8', [step.batch, ...step.image])
  // Coarse levels and a flat border: ties between neighbouring maxima, as real images have them.
  for (let i = 0; i < images.data.length; i++)
    images.data[i] = Math.max(0, random.integer(8) - 4) * 60
  feeds[IMAGES] = images
  feeds[STEP_IO.labels] = tensor(
    'int32',
    [step.batch],
    Int32Array.from({ length: step.batch }, (_, i) => i % 5),
  )
  const session = await openSession(graph.model, { threads: 1 })
  const results = await session.run(feeds)
  await session.close()
  return new Map(
    [STEP_IO.loss, STEP_IO.correct, ...graph.state.map(({ name }) => nextName(name))].map(
      (name) => [name, results[name]!],
    ),
  )
}

describe('buildStepGraph', () => {
  const cases = ['cnn', 'mlp', 'lite', 'resnet'].flatMap((type) => [
    { type, batch: 16, size: 28 },
    { type, batch: 5, size: 12 },
    { type, batch: 32, size: 20 },
  ])
  it.each(cases)(
    'computes the same step in blocked and plain layout: $type, batch $batch of $size px',
    async ({ type, batch, size }) => {
      const plain = await runStep(options(type, batch, size, 1))
      const blocked = await runStep(options(type, batch, size, await detectBlockSize()))
      for (const [name, { data }] of plain) {
        const difference = { absolute: 2e-5, relative: 1e-3 }
        expect(blocked.get(name)!.data as Float32Array, name).toBeAllClose(
          data as Float32Array,
          difference,
        )
      }
    },
  )
})
