import { create, toBinary } from '@bufbuild/protobuf'
import { type Node, topologicalOrder, type Value, type ValueType } from '../graph/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { DATA_TYPE, IR_VERSION, MICROSOFT_DOMAIN, NCHWC_DOMAIN, OPSET } from './constants.ts'
import { Emitter } from './emitter.ts'
import { ModelProtoSchema, type ValueInfoProto, ValueInfoProtoSchema } from './generated/onnx_pb.ts'
import { lowerNode } from './lowering.ts'
import { type Operand, plainOperand } from './operand.ts'

export interface ModelDescription {
  readonly name: string
  /** Named results, in the order the model lists them. */
  readonly outputs: Readonly<Record<string, Value>>
  /** Inputs to store in the model as constants instead, by name: the weights of a trained model. */
  readonly constants?: ReadonlyMap<string, Tensor>
  readonly metadata?: Readonly<Record<string, string>>
  /** Channels per block of onnxruntime's NCHWc layout; 1, the default, writes plain ONNX. */
  readonly blockSize?: number
}

export interface OnnxModel {
  readonly bytes: Uint8Array
  /** Names of the inputs to feed, in order. */
  readonly inputs: readonly string[]
}

/** Serialises the graph behind `outputs` as an ONNX model. */
export function toOnnx(description: ModelDescription): OnnxModel {
  const { name, outputs, constants, metadata = {}, blockSize = 1 } = description
  const emitter = new Emitter(blockSize)
  const lowered = new Map<Node, readonly Operand[]>()
  const inputs: ValueInfoProto[] = []
  const operandOf = (value: Value) => lowered.get(value.node)![value.index]!
  const order = topologicalOrder(Object.values(outputs))
  const used = usedOutputs(order, Object.values(outputs))
  for (const node of order) {
    if (node.op === 'input') {
      const { name: inputName } = node.attributes as { readonly name: string }
      const stored = constants?.get(inputName)
      if (stored === undefined) inputs.push(valueInfo(inputName, node.outputs[0]!))
      else emitter.constant(stored, inputName)
      lowered.set(node, [plainOperand(emitter, node.outputs[0]!, inputName)])
    } else {
      const isUsed = node.outputs.map((_, index) => used.get(node)?.has(index) ?? false)
      lowered.set(node, lowerNode(emitter, node, node.inputs.map(operandOf), isUsed))
    }
  }
  for (const [outputName, value] of Object.entries(outputs))
    emitter.alias(operandOf(value).get('plain'), outputName)
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

/** onnxruntime's own domains are imported only where used, so that exported models stay plain ONNX. */
function opsets(emitter: Emitter) {
  const domains = new Set(emitter.nodes.map((node) => node.domain))
  const used = [MICROSOFT_DOMAIN, NCHWC_DOMAIN].filter((domain) => domains.has(domain))
  return [
    { domain: '', version: BigInt(OPSET) },
    ...used.map((domain) => ({ domain, version: 1n })),
  ]
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
