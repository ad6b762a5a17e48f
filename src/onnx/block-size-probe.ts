import { create, toBinary } from '@bufbuild/protobuf'
import { DATA_TYPE, IR_VERSION, NCHWC_DOMAIN, OPSET } from './constants.ts'
import { Emitter } from './emitter.ts'
import { ModelProtoSchema } from './generated/onnx_pb.ts'

/**
 * A model that turns a [1, 4, 1, 1] input `x` into NCHWc layout: the second axis of its output `y`
 * is the block size of this machine. Where the layout is not supported, it does not load.
 */
export function blockSizeProbe(): Uint8Array {
  const emitter = new Emitter()
  emitter.alias(emitter.emit('ReorderInput', ['x'], { domain: NCHWC_DOMAIN }), 'y')
  const float = (name: string, dim: readonly { value: { case: 'dimValue'; value: bigint } }[]) => ({
    name,
    type: { tensorType: { elemType: DATA_TYPE.float32, shape: { dim: [...dim] } } },
  })
  const size = (value: bigint) => ({ value: { case: 'dimValue', value } }) as const
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    opsetImport: [
      { domain: '', version: BigInt(OPSET) },
      { domain: NCHWC_DOMAIN, version: 1n },
    ],
    graph: {
      name: 'block-size-probe',
      node: emitter.nodes,
      input: [float('x', [size(1n), size(4n), size(1n), size(1n)])],
      output: [{ name: 'y', type: { tensorType: { elemType: DATA_TYPE.float32 } } }],
    },
  })
  return toBinary(ModelProtoSchema, model)
}
