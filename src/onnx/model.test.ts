import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  add,
  constant,
  differentiate,
  flatten,
  gemm,
  input,
  maxPool2d,
  mul,
  reduceSum,
  relu,
  scalar,
  type Value,
} from '../graph/index.ts'
import { conv, dense, sequential } from '../nn/layers.ts'
import { buildNetwork } from '../nn/network.ts'
import { openSession } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { Emitter } from './emitter.ts'
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.ts'
import { type ModelDescription, toOnnx } from './model.ts'

function modelOf(
  outputs: Readonly<Record<string, Value>>,
  more: Partial<ModelDescription> = {},
): ModelProto {
  return fromBinary(ModelProtoSchema, toOnnx({ name: 'test', outputs, ...more }).bytes)
}

const domainsOf = ({ opsetImport }: ModelProto) =>
  opsetImport.map(({ domain, version }) => `${domain}:${version}`)

const x = input('x', [2, 3])

describe('Emitter', () => {
  it('stores equal constants once, and constants that differ in type or shape apart', () => {
    const emitter = new Emitter()
    expect(emitter.float(1)).toBe(emitter.float(1))
    expect(emitter.ints([1, 2])).toBe(emitter.ints([1, 2]))
    const others = [
      emitter.float(1),
      emitter.float(-0),
      emitter.float(0),
      emitter.constant(tensor('float32', [1], Float32Array.of(1))),
      emitter.constant(tensor('int32', [], Int32Array.of(1065353216))), // the bits of 1.0
    ]
    expect(new Set(others).size).toBe(others.length)
    expect(emitter.initializers).toHaveLength(others.length + 1)
  })

  it('keeps named constants under their names even when they are equal', () => {
    const emitter = new Emitter()
    const value = tensor('float32', [2], Float32Array.of(1, 2))
    expect([emitter.constant(value, 'a'), emitter.constant(value, 'b')]).toEqual(['a', 'b'])
    expect(emitter.initializers.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('names all outputs of all nodes apart', () => {
    const emitter = new Emitter()
    const names = [
      ...emitter.emitAll('MaxPool', ['x'], { outputs: 2 }),
      emitter.emit('Relu', ['x']),
    ]
    expect(new Set(names).size).toBe(3)
  })

  it('encodes attributes by their kind', () => {
    const emitter = new Emitter()
    emitter.emit('Op', [''], {
      attributes: { axis: 1, pads: [0, 2], mode: 'constant', alpha: { float: 0.5 } },
    })
    const [axis, pads, mode, alpha] = emitter.nodes[0]!.attribute
    expect([axis!.type, axis!.i]).toEqual([2, 1n])
    expect([pads!.type, pads!.ints]).toEqual([7, [0n, 2n]])
    expect([mode!.type, new TextDecoder().decode(mode!.s)]).toEqual([3, 'constant'])
    expect([alpha!.type, alpha!.f]).toEqual([1, 0.5])
  })
})

describe('toOnnx', () => {
  it('keeps to plain ONNX of one opset unless an operator of onnxruntime is used', () => {
    expect(domainsOf(modelOf({ y: relu(x) }))).toEqual([':17'])
  })

  it("imports onnxruntime's domains where they are used", () => {
    const images = input('images', [4, 16, 8, 8])
    const layers = sequential(
      () => images,
      conv(16),
      (_, value) => maxPool2d(value, { kernel: [2, 2] }),
    )
    const network = buildNetwork(layers, {
      mode: 'training',
      batch: 4,
      image: [1, 1, 1],
      normalization: { mean: [0], std: [1] },
    })
    const loss = reduceSum(network.logits, [0, 1, 2, 3])
    const gradients = differentiate(loss, [network.parameters[0]!.value], scalar(1))
    const outputs = { loss, gradient: gradients[0]! }
    expect(domainsOf(modelOf(outputs))).toEqual([':17', 'com.microsoft:1'])
    expect(domainsOf(modelOf(outputs, { blockSize: 16 }))).toContain('com.microsoft.nchwc:1')
  })

  it('names the batch of an inference model and gives fixed sizes as numbers', async () => {
    const network = buildNetwork(
      sequential(conv(4), (_, value) => flatten(value), dense(3)),
      {
        mode: 'inference',
        batch: 'batch',
        image: [1, 5, 5],
        normalization: { mean: [0.5], std: [0.5] },
      },
    )
    const weights = network.parameters.map(({ name, shape }) => {
      const count = shape.reduce((n, size) => n * size, 1)
      return [name, tensor('float32', shape, new Float32Array(count).fill(0.01))] as const
    })
    const description = {
      name: 'any-batch',
      outputs: { logits: network.logits },
      constants: new Map(weights),
    }
    const { bytes, inputs } = toOnnx(description)
    expect(inputs).toEqual(['images'])
    const { graph } = fromBinary(ModelProtoSchema, bytes)
    const dims = [...graph!.input, ...graph!.output].map(({ type }) =>
      type!.tensorType!.shape!.dim.map(({ value }) => value.value),
    )
    expect(dims).toEqual([
      ['batch', 1n, 5n, 5n],
      ['batch', 3n],
    ])
    expect(graph!.initializer.map(({ name }) => name)).toEqual(
      expect.arrayContaining(weights.map(([name]) => name)),
    )
    const session = await openSession(bytes, { threads: 1 })
    for (const batch of [1, 3]) {
      const images = tensor('uint8', [batch, 1, 5, 5], new Uint8Array(batch * 25).fill(255))
      const { logits } = await session.run({ images })
      expect(logits!.shape).toEqual([batch, 3])
    }
    await session.close()
  })

  it('lists the inputs in the order of use and the outputs as described', () => {
    const y = input('y', [3])
    const { inputs } = toOnnx({ name: 'order', outputs: { b: mul(x, y), a: add(x, y) } })
    expect(inputs).toEqual(['x', 'y'])
    const { graph } = modelOf({ b: mul(x, y), a: add(x, y) })
    expect(graph!.output.map(({ name }) => name)).toEqual(['b', 'a'])
  })

  it('gives one value several names, an input included', async () => {
    const { bytes } = toOnnx({ name: 'names', outputs: { a: x, b: x, c: constant(scalarOf(4)) } })
    const session = await openSession(bytes, { threads: 1 })
    const value = tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6))
    const { a, b, c } = await session.run({ x: value })
    await session.close()
    expect([a!.data, b!.data, [...c!.data]]).toEqual([value.data, value.data, [4]])
  })

  it('lowers a shared value once', () => {
    const shared = gemm(x, input('w', [3, 3]))
    const { graph } = modelOf({ y: add(shared, mul(shared, shared)) })
    expect(graph!.node.filter(({ opType }) => opType === 'Gemm')).toHaveLength(1)
  })

  it('asks a pooling for positions only where a gradient uses them', () => {
    const images = input('images', [1, 1, 4, 4])
    const pooled = maxPool2d(images, { kernel: [2, 2] })
    const loss = reduceSum(pooled, [0, 1, 2, 3])
    const outputsOf = (outputs: Readonly<Record<string, Value>>) =>
      modelOf(outputs).graph!.node.find(({ opType }) => opType === 'MaxPool')!.output.length
    expect(outputsOf({ loss })).toBe(1)
    expect(outputsOf({ gradient: differentiate(loss, [images], scalar(1))[0]! })).toBe(2)
  })

  it('writes metadata and the same bytes every time', () => {
    const more = { metadata: { manifest: '{"ä":1}', empty: '' } }
    const model = modelOf({ y: relu(x) }, more)
    expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual(
      Object.entries(more.metadata),
    )
    expect(toBinary(ModelProtoSchema, model)).toEqual(
      toBinary(ModelProtoSchema, modelOf({ y: relu(x) }, more)),
    )
  })
})

function scalarOf(value: number) {
  return tensor('float32', [], Float32Array.of(value))
}
