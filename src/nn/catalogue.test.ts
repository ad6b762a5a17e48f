import { describe, expect, it } from 'vitest'
import { createRandom } from '../core/index.ts'
import { architectures, layersOf } from './catalogue.ts'
import { batchNormalization, conv, dense, globalAveragePool, sequential } from './layers.ts'
import {
  buildNetwork,
  countParameters,
  type Layer,
  type NetworkMode,
  type Parameter,
} from './network.ts'

type Image = readonly [number, number, number]

function networkOf(layers: Layer, image: Image, mode: NetworkMode = 'training') {
  const channels = Array.from({ length: image[0] }, () => 0.5)
  return buildNetwork(layers, {
    mode,
    batch: mode === 'training' ? 4 : 'batch',
    image,
    normalization: { mean: channels, std: channels },
  })
}

function model(type: string, width: number | null = null) {
  return { type, width, dropout: null }
}

const GREY: Image = [1, 28, 28]
const countOf = (type: string) =>
  countParameters(networkOf(layersOf(model(type), 10), GREY).parameters)

describe('layersOf', () => {
  it('has the parameter counts that the original networks have', () => {
    expect(countOf('cnn')).toBe(421_642)
    expect(countOf('mlp')).toBe(203_530)
  })

  it('keeps the small and the residual network within their budgets', () => {
    expect(countOf('lite')).toBeLessThan(100_000)
    expect(countOf('resnet')).toBeLessThan(1_000_000)
  })

  const geometries: readonly (readonly [Image, number])[] = [
    [GREY, 10],
    [[3, 64, 64], 37],
    [[1, 12, 20], 2],
    [[3, 33, 17], 5],
    [[1, 8, 8], 1000],
  ]
  const cases = Object.keys(architectures).flatMap((type) =>
    geometries.flatMap(([image, classes]) =>
      [0.25, 1, 2].map((width) => ({ type, image, classes, width })),
    ),
  )
  it.each(cases)('builds $type for $image, $classes classes, width $width', (entry) => {
    const layers = layersOf(model(entry.type, entry.width), entry.classes)
    const training = networkOf(layers, entry.image)
    const inference = networkOf(layers, entry.image, 'inference')
    expect(training.logits.shape).toEqual([4, entry.classes])
    expect(inference.logits.shape).toEqual(['batch', entry.classes])
    // what is trained can be loaded for inference
    const declared = ({ parameters, statistics }: typeof training) =>
      [...parameters, ...statistics].map(({ name, shape }) => `${name} ${shape}`)
    expect(declared(inference)).toEqual(declared(training))
    expect(inference.masks).toEqual([])
  })

  it('multiplies the channels by the width and leaves at least one', () => {
    const shapeOf = (width: number) =>
      networkOf(layersOf(model('cnn', width), 10), GREY).parameters[0]!.shape
    expect(shapeOf(0.5)).toEqual([16, 1, 3, 3])
    expect(shapeOf(0.001)).toEqual([1, 1, 3, 3])
  })

  it("drops out at the configured rate, at the architecture's own by default, or not at all", () => {
    const keeps = (dropout: number | null) =>
      networkOf(layersOf({ type: 'cnn', dropout, width: null }, 10), GREY).masks.map(
        ({ keep }) => keep,
      )
    expect(keeps(0.5)).toEqual([0.5, 0.5])
    expect(keeps(null)).toEqual([0.7, 0.7])
    expect(keeps(0)).toEqual([])
  })

  it('names the nearest type for an unknown one', () => {
    const unknown = (type: string) => () => layersOf(model(type), 10)
    expect(unknown('resent')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID_VALUE',
        hint: 'Did you mean model.type=resnet?',
      }),
    )
    expect(unknown('constructor')).toThrow('wanted one of: cnn, mlp, lite, resnet')
  })
})

describe('initialisation', () => {
  const layers = sequential(
    conv(64, { kernel: 5 }),
    batchNormalization(),
    conv(96, { groups: 4 }),
    globalAveragePool,
    dense(700),
    dense(300),
  )
  const { parameters, statistics } = networkOf(layers, [3, 8, 8])
  const drawn = (parameter: Parameter, seed = 1) => {
    const values = new Float32Array(countParameters([parameter]))
    parameter.initialize(values, createRandom(seed, 'initialization'))
    return values
  }
  const fanIns = { conv1: 3 * 25, conv2: 16 * 9, dense1: 96, dense2: 700 }
  const uniform = Object.entries(fanIns).flatMap(([layer, fanIn]) =>
    ['weight', 'bias'].map((part) => ({ name: `${layer}.${part}`, bound: 1 / Math.sqrt(fanIn) })),
  )

  it.each(uniform)("draws $name uniformly within PyTorch's bounds", ({ name, bound }) => {
    const values = drawn(parameters.find((parameter) => parameter.name === name)!)
    const count = values.length
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    expect(largest).toBeLessThanOrEqual(Math.fround(bound))
    expect(largest).toBeGreaterThan(bound * (1 - 10 / count))
    const mean = values.reduce((sum, value) => sum + value, 0) / count
    const variance = values.reduce((sum, value) => sum + value * value, 0) / count
    // a uniform on ±b has variance b²/3, and its square has variance 4b⁴/45; five standard errors
    expect(Math.abs(mean)).toBeLessThan((5 * bound) / Math.sqrt(3 * count))
    expect(Math.abs(variance - bound ** 2 / 3)).toBeLessThan(
      5 * bound ** 2 * Math.sqrt(4 / 45 / count),
    )
  })

  it('starts batch normalisation as the identity, with statistics of the standard normal', () => {
    const norm = parameters.filter(({ name }) => name.startsWith('norm1'))
    expect(norm.map((parameter) => [parameter.name, new Set(drawn(parameter))])).toEqual([
      ['norm1.weight', new Set([1])],
      ['norm1.bias', new Set([0])],
    ])
    expect(statistics.map(({ name, initial }) => [name, initial])).toEqual([
      ['norm1.running_mean', 0],
      ['norm1.running_var', 1],
    ])
  })

  it('is a function of the seed', () => {
    expect(drawn(parameters[0]!, 7)).toEqual(drawn(parameters[0]!, 7))
    expect(drawn(parameters[0]!, 7)).not.toEqual(drawn(parameters[0]!, 8))
  })

  it('lets weights decay, biases and normalisation not', () => {
    const decaying = parameters.filter(({ decay }) => decay).map(({ name }) => name)
    expect(decaying).toEqual(['conv1.weight', 'conv2.weight', 'dense1.weight', 'dense2.weight'])
  })
})
