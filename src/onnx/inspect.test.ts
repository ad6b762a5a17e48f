import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { add, constant, input, reshape } from '../graph/index.ts'
import { tensor } from '../tensor/index.ts'
import {
  type GraphProtoSchema,
  ModelProtoSchema,
  type ModelProtoSchema as ModelSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
} from './generated/onnx_pb.ts'
import { inspectModel } from './inspect.ts'
import { toOnnx } from './model.ts'

type Init<T extends Parameters<typeof create>[0]> = Extract<
  MessageInitShape<T>,
  { readonly $typeName?: never }
>

const FLOAT = 1
const shape = (...sizes: number[]) => ({
  dim: sizes.map((size) => ({ value: { case: 'dimValue', value: BigInt(size) } as const })),
})
const declared = (name: string, ...sizes: number[]) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: shape(...sizes) } },
})
const weight = { name: 'w', dims: [2n], dataType: FLOAT, rawData: new Uint8Array(8) }

/** A sound model y = x + w, with parts replaced. */
function modelWith(
  graph: Init<typeof GraphProtoSchema>,
  model: Init<typeof ModelSchema> = {},
): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        node: [{ opType: 'Add', input: ['x', 'w'], output: ['y'] }],
        initializer: [weight],
        input: [declared('x', 2)],
        output: [declared('y', 2)],
        ...graph,
      },
      ...model,
    }),
  )
}

const withNode = (node: Init<typeof NodeProtoSchema>) =>
  modelWith({ node: [{ input: ['x'], output: ['y'], ...node }] })
const withTensor = (stored: Init<typeof TensorProtoSchema>) =>
  modelWith({ initializer: [{ ...weight, ...stored }] })
const elsewhere = {
  dataLocation: 1,
  rawData: new Uint8Array(),
  externalData: [{ key: 'location', value: '../../etc/passwd' }],
}

const hostile: readonly (readonly [name: string, bytes: Uint8Array, reason: RegExp])[] = [
  ['bytes that are no protobuf', new TextEncoder().encode('not a model'), /protobuf/],
  ['no bytes', new Uint8Array(), /no graph/],
  ['a model that is cut off', modelWith({}).slice(0, -5), /protobuf|no graph/],
  ['external data of an initialiser', withTensor(elsewhere), /another file/],
  [
    'external data without the location flag',
    withTensor({ ...elsewhere, dataLocation: 0 }),
    /another/,
  ],
  ['the location flag alone', withTensor({ dataLocation: 1 }), /another file/],
  [
    'external data of a constant node',
    withNode({
      opType: 'Constant',
      attribute: [{ name: 'value', type: 4, t: { ...weight, ...elsewhere } }],
    }),
    /another file/,
  ],
  [
    'external data in a list of tensors',
    withNode({ opType: 'Add', attribute: [{ name: 'v', tensors: [{ ...weight, ...elsewhere }] }] }),
    /another file/,
  ],
  [
    'a graph inside a harmless operator',
    withNode({ opType: 'Add', attribute: [{ name: 'g', g: { initializer: [elsewhere] } }] }),
    /holds a graph/,
  ],
  [
    'graphs inside an attribute',
    withNode({ opType: 'Add', attribute: [{ name: 'g', graphs: [{}] }] }),
    /holds a graph/,
  ],
  ['control flow', withNode({ opType: 'Loop' }), /control flow/],
  ['an unknown operator', withNode({ opType: 'ReadFile' }), /not one of the operators/],
  ['a foreign domain', withNode({ opType: 'Add', domain: 'com.evil' }), /com\.evil/],
  [
    'a foreign operator set',
    modelWith({}, { opsetImport: [{ domain: 'com.evil', version: 1n }] }),
    /com\.evil/,
  ],
  [
    'functions',
    modelWith({}, { functions: [{ name: 'f', node: [{ opType: 'Add' }] }] }),
    /functions/,
  ],
  [
    'training graphs, which our schema does not know',
    Uint8Array.from([...modelWith({}), 0xa2, 0x01, 0x00]),
    /training graphs/,
  ],
  [
    'sparse initialisers',
    modelWith({ sparseInitializer: [{ values: { ...weight, ...elsewhere } }] }),
    /sparse/,
  ],
  [
    'sparse attributes',
    withNode({ opType: 'Add', attribute: [{ name: 's', sparseTensor: { values: elsewhere } }] }),
    /sparse/,
  ],
  ['strings as numbers', withTensor({ dataType: 8 }), /element type 8/],
  ['a shape that its bytes do not fill', withTensor({ dims: [1_000_000n] }), /1?000000|4000000/],
  ['a shape that overflows', withTensor({ dims: [2n ** 40n, 2n ** 40n] }), /elements/],
  ['a negative size', withTensor({ dims: [-2n] }), /shape \[-2\]/],
  ['too many dimensions', withTensor({ dims: Array(9).fill(1n) }), /9 dimensions/],
  ['a huge input', modelWith({ input: [declared('x', 2 ** 30)] }), /elements/],
  ['an input of no type', modelWith({ input: [{ name: 'x' }] }), /not declared as a tensor/],
]

describe('inspectModel', () => {
  it.each(hostile)('refuses %s', (_, bytes, reason) => {
    expect(() => inspectModel(bytes)).toThrow(
      expect.objectContaining({ code: 'MODEL_INVALID', message: expect.stringMatching(reason) }),
    )
  })

  it('refuses more bytes or nodes than the limits', () => {
    const bytes = modelWith({})
    expect(() => inspectModel(bytes, { bytes: bytes.length - 1 })).toThrow(/bytes, wanted at most/)
    expect(() => inspectModel(bytes, { nodes: 0 })).toThrow(/1 nodes, wanted at most 0/)
  })

  it('describes what a sound model takes, gives and says of itself', () => {
    const x = input('x', ['batch', 2])
    const bias = constant(tensor('float32', [2], Float32Array.of(1, 2)))
    const sum = reshape(add(x, bias), ['batch', 2, 1])
    const { bytes } = toOnnx({ name: 'm', outputs: { y: sum }, metadata: { author: 'me' } })
    const found = inspectModel(bytes)
    expect(found.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['batch', 2] }])
    expect(found.outputs).toEqual([{ name: 'y', dtype: 'float32', shape: ['batch', 2, 1] }])
    expect(found.metadata).toEqual({ author: 'me' })
    expect(found.operators).toContain('Add')
  })

  it('leaves out inputs that the model stores itself', () => {
    const bytes = modelWith({ input: [declared('x', 2), declared('w', 2)] })
    expect(inspectModel(bytes).inputs.map(({ name }) => name)).toEqual(['x'])
  })
})
