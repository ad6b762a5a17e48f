import { create, toBinary } from '@bufbuild/protobuf'
import { type Node, topologicalOrder, type Value, type ValueType } from '../graph/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { DATA_TYPE, IR_VERSION, MICROSOFT_DOMAIN, OPSET } from './constants.ts'
import { Emitter } from './emitter.ts'
import { ModelProtoSchema, type ValueInfoProto, ValueInfoProtoSchema } from './generated/onnx_pb.ts'
import { lowerNode } from './lowering.ts'

export interface ModelDescription {
  readonly name: string
  /** Named results, in the order the model lists them. */
  readonly outputs: Readonly<Record<string, Value>>
  /** Inputs to store in the model as constants instead, by name: the weights of a trained model. */
  readonly constants?: ReadonlyMap<string, Tensor>
  readonly metadata?: Readonly<Record<string, string>>
}

export interface OnnxModel {
  readonly bytes: Uint8Array
  /** Names of the inputs to feed, in order. */
  readonly inputs: readonly string[]
}

/** Serialises the graph behind `outputs` as an ONNX model. */
export function toOnnx({ name, outputs, constants, metadata = {} }: ModelDescription): OnnxModel {
  const emitter = new Emitter()
  const names = new Map<Node, readonly string[]>()
  const inputs: ValueInfoProto[] = []
  const nameOf = (value: Value) => names.get(value.node)![value.index]!
  const order = topologicalOrder(Object.values(outputs))
  const used = usedOutputs(order, Object.values(outputs))
  for (const node of order) {
    if (node.op === 'input') {
      const { name: inputName } = node.attributes as { readonly name: string }
      const stored = constants?.get(inputName)
      if (stored === undefined) inputs.push(valueInfo(inputName, node.outputs[0]!))
      else emitter.constant(stored, inputName)
      names.set(node, [inputName])
    } else {
      const isUsed = node.outputs.map((_, index) => used.get(node)?.has(index) ?? false)
      names.set(node, lowerNode(emitter, node, node.inputs.map(nameOf), isUsed))
    }
  }
  for (const [outputName, value] of Object.entries(outputs))
    emitter.alias(nameOf(value), outputName)
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSION),
    producerName: 'atelier',
    opsetImport: opsets(emitter),
    graph: {
      name,
      node: emitter.nodes,
      initializer: emitter.initializers,
      input: inputs,
      output: Object.entries(outputs).map(([outputName, value]) => valueInfo(outputName, value)),
    },
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  })
  return { bytes: toBinary(ModelProtoSchema, model), inputs: inputs.map((info) => info.name) }
}

function usedOutputs(order: readonly Node[], results: readonly Value[]): Map<Node, Set<number>> {
  const used = new Map<Node, Set<number>>()
  for (const { node, index } of [...order.flatMap(({ inputs }) => inputs), ...results]) {
    used.set(node, (used.get(node) ?? new Set()).add(index))
  }
  return used
}

/** The Microsoft domain is imported only where used, so that exported models stay plain ONNX. */
function opsets(emitter: Emitter) {
  const domains = new Set(emitter.nodes.map((node) => node.domain))
  const standard = { domain: '', version: BigInt(OPSET) }
  return domains.has(MICROSOFT_DOMAIN)
    ? [standard, { domain: MICROSOFT_DOMAIN, version: 1n }]
    : [standard]
}

function valueInfo(name: string, { dtype, shape }: ValueType): ValueInfoProto {
  const dim = shape.map((size) => ({
    value:
      typeof size === 'number'
        ? ({ case: 'dimValue', value: BigInt(size) } as const)
        : ({ case: 'dimParam', value: size } as const),
  }))
  return create(ValueInfoProtoSchema, {
    name,
    type: { tensorType: { elemType: DATA_TYPE[dtype], shape: { dim } } },
  })
}
