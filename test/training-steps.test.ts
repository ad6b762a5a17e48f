/** Whole training steps of the engine against PyTorch's: layers, losses, gradients, optimizers. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Config } from '../src/contracts/index.ts'
import { IMAGES, type Layer, layersOf } from '../src/nn/index.ts'
import {
  averagePool,
  batchNormalization,
  conv,
  dense,
  denselyConnected,
  dropout,
  flatten,
  gelu,
  globalAveragePool,
  layerNormalization,
  maxPool,
  relu,
  residual,
  sequential,
} from '../src/nn/layers.ts'
import { detectBlockSize, openSession } from '../src/runtime/index.ts'
import { type Tensor, tensor } from '../src/tensor/index.ts'
import { buildStepGraph, nextName, STEP_IO, scalarName } from '../src/training/step-graph.ts'

const SAMPLES = 140

interface Summary {
  readonly sum: number
  readonly squares: number
  /** Every ⌊count / SAMPLES⌋-th value. */
  readonly values: readonly number[]
}

interface Case {
  readonly title: string
  readonly network: keyof typeof networks
  readonly batch: number
  readonly image: readonly [number, number, number]
  readonly classes: number
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly dropout: number
  readonly rates: readonly number[]
  readonly optimizer: Config['optimizer']
  readonly regularization: Config['regularization']
  readonly losses: readonly number[]
  readonly correct: readonly number[]
  readonly checkpoints: readonly {
    readonly step: number
    readonly tensors: Readonly<Record<string, Summary>>
  }[]
}

const golden = JSON.parse(
  readFileSync(new URL('./golden/training-steps.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] }

/** The networks of training-steps.py. */
const networks = {
  cnn: (classes, rate) => layersOf({ type: 'cnn', dropout: rate, width: null }, classes),
  mlp: (classes, rate) => layersOf({ type: 'mlp', dropout: rate, width: null }, classes),
  normalized: (classes, rate) =>
    sequential(
      conv(16),
      maxPool(2),
      relu,
      sequential(conv(32, { bias: false }), batchNormalization(), relu, maxPool(2)),
      sequential(conv(32, { bias: false }), batchNormalization(), relu),
      flatten,
      dropout(rate),
      dense(classes),
    ),
  mixed: (classes, rate) =>
    sequential(
      conv(16, { kernel: 5, stride: 2, bias: false }),
      batchNormalization(0.3),
      gelu,
      residual(sequential(conv(16, { bias: false }), batchNormalization(), relu)),
      denselyConnected(sequential(conv(16, { groups: 4 }), gelu)),
      conv(24, { kernel: 1 }),
      relu,
      averagePool(2),
      residual(sequential(conv(12, { padding: 0 }), relu), conv(12, { padding: 0 })),
      globalAveragePool,
      layerNormalization(),
      dropout(rate),
      dense(classes),
    ),
  tiny: (classes) =>
    sequential(conv(8), relu, maxPool(2), flatten, dense(12), relu, dense(classes)),
} satisfies Record<string, (classes: number, dropout: number) => Layer>

/** `draws` of training-steps.py. */
function draws(stream: number, count: number): Uint32Array {
  const mix = (value: number) => {
    let x = value ^ (value >>> 16)
    x = Math.imul(x, 0x7feb352d)
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
    return x ^ (x >>> 16)
  }
  const key = mix(stream)
  return Uint32Array.from({ length: count }, (_, i) => mix(i ^ key))
}

function initialValue(stream: number, name: string, shape: readonly number[]) {
  const fanIn = shape.slice(1).reduce((n, size) => n * size, 1)
  const bound = shape.length > 1 ? 1 / Math.sqrt(fanIn) : 0.1
  const centre = name.includes('norm') && name.endsWith('weight') ? 1 : 0
  return Float32Array.from(
    draws(stream, shape[0]! * fanIn),
    (draw) => centre + Math.fround(((2 * draw) / 2 ** 32 - 1) * bound),
  )
}

/** `batch` of training-steps.py, as levels. */
function batchOf({ batch, image, classes }: Case, step: number): Record<string, Tensor> {
  const size = image.reduce((n, axis) => n * axis, 1)
  const labels = Int32Array.from(draws(1000 + step, batch), (draw) => draw % classes)
  const patterns = Array.from({ length: classes }, (_, k) => draws(2000 + k, size))
  const noise = draws(3000 + step, batch * size)
  const pixels = Uint8Array.from(noise, (draw, i) => {
    const level = patterns[labels[Math.floor(i / size)]!]![i % size]! % 256
    return level < 96 ? 0 : Math.min(255, level + (draw % 64))
  })
  return {
    [IMAGES]: tensor('uint8', [batch, ...image], pixels),
    [STEP_IO.labels]: tensor('int32', [batch], labels),
  }
}

function maskOf(shape: readonly number[], keep: number, step: number, index: number): Tensor {
  const count = shape.reduce((n, size) => n * size, 1)
  const bound = Math.floor(keep * 2 ** 32)
  const kept = Uint8Array.from(draws(10000 + 16 * step + index, count), (d) => (d < bound ? 1 : 0))
  return tensor('uint8', shape, kept)
}

function initialState({ state, parameters, statistics }: ReturnType<typeof buildStepGraph>) {
  const values = new Map(
    state.map(({ name, shape, initial }) => {
      const count = shape.reduce((n, size) => n * size, 1)
      return [name, tensor('float32', shape, new Float32Array(count).fill(initial)) as Tensor]
    }),
  )
  const sorted = parameters.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  for (const [stream, { name, shape }] of sorted.entries()) {
    const value = tensor('float32', shape, initialValue(stream, name, shape))
    values.set(name, value)
    if (values.has(`average.${name}`)) values.set(`average.${name}`, value)
  }
  const checked = [...parameters, ...statistics].map(({ name }) => name)
  return { values, checked }
}

/** Follows PyTorch's run step by step and checks every loss and every stored tensor. */
async function follow(entry: Case, blockSize: number): Promise<void> {
  const graph = buildStepGraph({
    ...entry,
    layers: networks[entry.network](entry.classes, entry.dropout),
    blockSize,
    normalization: entry,
  })
  const session = await openSession(graph.model, { threads: 1 })
  const { values, checked } = initialState(graph)
  for (const [step, rate] of entry.rates.entries()) {
    const scalars = Object.entries(graph.optimizer.scalars(step + 1, rate)).map(
      ([name, value]) => [scalarName(name), tensor('float32', [], Float32Array.of(value))] as const,
    )
    const masks = graph.masks.map(
      ({ name, shape, keep }, i) => [name, maskOf(shape, keep, step, i)] as const,
    )
    const results = await session.run({
      ...Object.fromEntries([...values, ...scalars, ...masks]),
      ...batchOf(entry, step),
    })
    expect(results[STEP_IO.loss]!.data[0], `loss of step ${step + 1}`).toBeCloseTo(
      entry.losses[step]!,
      4,
    )
    expect(results[STEP_IO.correct]!.data[0]).toBe(entry.correct[step])
    for (const name of values.keys()) values.set(name, results[nextName(name)]!)
    const checkpoint = entry.checkpoints.find((known) => known.step === step + 1)
    if (checkpoint !== undefined) compare(values, checked, checkpoint, toleranceOf(entry))
  }
  await session.close()
}

/** Adam divides by the gradient's size, so that the rounding of tiny gradients grows over many steps. */
function toleranceOf({ network }: Case): number {
  return network === 'cnn' ? 1e-4 : 1e-5
}

function compare(
  values: ReadonlyMap<string, Tensor>,
  checked: readonly string[],
  { step, tensors }: Case['checkpoints'][number],
  absolute: number,
): void {
  const averages = [...values.keys()].filter((name) => name.startsWith('average.'))
  expect([...checked, ...averages].toSorted()).toEqual(Object.keys(tensors).toSorted())
  for (const [name, wanted] of Object.entries(tensors)) {
    const data = values.get(name)!.data as Float32Array
    const stride = Math.max(1, Math.floor(data.length / SAMPLES))
    const sampled = data.filter((_, i) => i % stride === 0)
    const where = `${name} after step ${step}`
    expect(sampled, where).toBeAllClose(wanted.values, { absolute })
    const sum = data.reduce((total, value) => total + value, 0)
    const squares = data.reduce((total, value) => total + value * value, 0)
    // float errors of the elements do not add up to a drift
    const drift = 1e-5 * Math.sqrt(data.length) + 1e-6 * data.length
    expect(sum, `sum of ${where}`).toBeGreaterThan(wanted.sum - drift)
    expect(sum, `sum of ${where}`).toBeLessThan(wanted.sum + drift)
    expect([squares], `squares of ${where}`).toBeAllClose([wanted.squares], { relative: 1e-4 })
  }
}

describe('a training step', async () => {
  const blockSize = await detectBlockSize()

  it.each(golden.cases)('equals PyTorch in plain ONNX: $title', (entry) => follow(entry, 1))

  it.each(golden.cases)("equals PyTorch in the machine's blocked layout: $title", (entry) =>
    follow(entry, blockSize),
  )
})
