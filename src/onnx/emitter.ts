import { create } from '@bufbuild/protobuf'
import { bytesOf, elementCount, type Tensor, tensor } from '../tensor/index.ts'
import { ATTRIBUTE_TYPE, DATA_TYPE } from './constants.ts'
import {
  type AttributeProto,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
} from './generated/onnx_pb.ts'

/** A float attribute; a bare number is an int, as most ONNX attributes are. */
export interface FloatAttribute {
  readonly float: number
}
export type AttributeValue = number | readonly number[] | string | FloatAttribute

export interface EmitOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly domain?: string
  /** How many outputs the node has; 1 unless told. */
  readonly outputs?: number
}

/** Larger constants are not compared: none repeats, and weights are megabytes. */
const MOST_SHARED = 64

/** Collects ONNX nodes and constants, naming every tensor. Equal small constants are stored once. */
export class Emitter {
  readonly nodes: NodeProto[] = []
  readonly initializers: TensorProto[] = []
  /** Channels per block of NCHWc layouts; 1 means that the model keeps to plain ONNX. */
  readonly blockSize: number
  readonly #constants = new Map<string, string>()
  #count = 0

  constructor(blockSize = 1) {
    this.blockSize = blockSize
  }

  /** Adds a node; an empty input name is an omitted optional input. */
  emit(opType: string, inputs: readonly string[], options: EmitOptions = {}): string {
    return this.emitAll(opType, inputs, options)[0]!
  }

  emitAll(opType: string, inputs: readonly string[], options: EmitOptions = {}): string[] {
    const { attributes = {}, domain = '', outputs = 1 } = options
    const id = this.#count++
    const output = Array.from(
      { length: outputs },
      (_, i) => `${opType}_${id}${i === 0 ? '' : `_${i}`}`,
    )
    this.nodes.push(
      create(NodeProtoSchema, {
        opType,
        domain,
        name: `${opType}_${id}`,
        input: [...inputs],
        output,
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    )
    return output
  }

  /** Gives a tensor another name, for graph outputs. */
  alias(value: string, name: string): void {
    this.nodes.push(
      create(NodeProtoSchema, {
        opType: 'Identity',
        name: `name_${name}`,
        input: [value],
        output: [name],
      }),
    )
  }

  float(value: number): string {
    return this.constant(tensor('float32', [], Float32Array.of(value)))
  }

  ints(values: readonly number[]): string {
    return this.constant(tensor('int64', [values.length], BigInt64Array.from(values, BigInt)))
  }

  constant(value: Tensor, name?: string): string {
    const bytes = bytesOf(value)
    const shared = name === undefined && elementCount(value.shape) <= MOST_SHARED
    const key = shared ? `${value.dtype}[${value.shape}]${Buffer.from(bytes).toString('hex')}` : ''
    const known = shared ? this.#constants.get(key) : undefined
    if (known !== undefined) return known
    const id = name ?? `constant_${this.#count++}`
    if (shared) this.#constants.set(key, id)
    this.initializers.push(
      create(TensorProtoSchema, {
        name: id,
        dims: value.shape.map(BigInt),
        dataType: DATA_TYPE[value.dtype],
        rawData: bytes,
      }),
    )
    return id
  }
}

function attribute(name: string, value: AttributeValue): AttributeProto {
  return create(AttributeProtoSchema, { name, ...encode(value) })
}

function encode(value: AttributeValue) {
  if (typeof value === 'number') return { type: ATTRIBUTE_TYPE.int, i: BigInt(value) }
  if (typeof value === 'string') {
    return { type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) }
  }
  if ('float' in value) return { type: ATTRIBUTE_TYPE.float, f: value.float }
  return { type: ATTRIBUTE_TYPE.ints, ints: value.map(BigInt) }
}
