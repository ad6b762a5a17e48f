/**
 * Looks a foreign model over before a runtime sees it. onnxruntime resolves external data of a model
 * given as bytes against the working directory, so a hostile model could read other files; control
 * flow and functions could hide such tensors, or never end.
 */
import { fromBinary } from '@bufbuild/protobuf'
import { AtelierError } from '../core/index.ts'
import type { DType } from '../tensor/index.ts'
import { bytesPerElement } from '../tensor/index.ts'
import { DATA_TYPE } from './constants.ts'
import {
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.ts'

export interface ModelValue {
  readonly name: string
  readonly dtype: DType
  /** A string is a size that is known when the model runs. */
  readonly shape: readonly (number | string)[]
}

export interface ModelInspection {
  /** What must be fed; initialisers listed as inputs are left out. */
  readonly inputs: readonly ModelValue[]
  readonly outputs: readonly ModelValue[]
  readonly metadata: Readonly<Record<string, string>>
  readonly operators: readonly string[]
}

export interface InspectionLimits {
  readonly bytes: number
  readonly nodes: number
  /** Of one tensor. */
  readonly elements: number
}

const DEFAULT_LIMITS: InspectionLimits = { bytes: 2 ** 29, nodes: 20_000, elements: 2 ** 27 }
const MAX_RANK = 8

/** Pure functions of tensors, whose result is as large as their inputs suggest. */
const OPERATORS: ReadonlySet<string> = new Set(
  `Abs Add ArgMax AveragePool BatchNormalization Cast Clip Concat Constant Conv Div Dropout Elu Equal
  Erf Exp Expand Flatten Gather Gemm GlobalAveragePool GlobalMaxPool Greater HardSigmoid HardSwish
  Identity InstanceNormalization LayerNormalization LeakyRelu Less Log LogSoftmax MatMul Max MaxPool Min
  Mul Neg Not PRelu Pad Pow Reciprocal ReduceMax ReduceMean ReduceMin ReduceSum Relu Reshape Shape
  Sigmoid Sign Slice Softmax Softplus Split Sqrt Squeeze Sub Sum Tanh Transpose Unsqueeze Where`.split(
    /\s+/,
  ),
)
const STANDARD_DOMAINS: ReadonlySet<string> = new Set(['', 'ai.onnx'])
const NESTING_OPERATORS: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan', 'SequenceMap'])

const DTYPES = new Map(
  Object.entries(DATA_TYPE).map(([dtype, code]) => [code as number, dtype as DType]),
)
/** ModelProto.training_info, which our schema leaves out: graphs that need not be executed. */
const TRAINING_INFO_FIELD = 20

/** Parses and checks an ONNX model. Throws MODEL_INVALID, saying what may not be loaded and why. */
export function inspectModel(
  bytes: Uint8Array,
  limits: Partial<InspectionLimits> = {},
): ModelInspection {
  const all = { ...DEFAULT_LIMITS, ...limits }
  if (bytes.length > all.bytes) {
    throw invalid(`it has ${bytes.length} bytes, wanted at most ${all.bytes}`)
  }
  const model = parse(bytes)
  checkModel(model)
  const graph = model.graph!
  checkGraph(graph, all)
  const stored = new Set(graph.initializer.map(({ name }) => name))
  return {
    inputs: graph.input
      .filter(({ name }) => !stored.has(name))
      .map((value) => modelValue(value, all)),
    outputs: graph.output.map((value) => modelValue(value, all)),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    operators: [...new Set(graph.node.map(({ opType }) => opType))].sort(),
  }
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw invalid('it is not a protobuf message of the kind, or cut off', cause)
  }
}

function checkModel(model: ModelProto): void {
  if (model.graph === undefined || model.graph.node.length === 0) throw invalid('it has no graph')
  if (model.functions.length > 0) throw invalid('it defines functions of its own')
  if (model.$unknown?.some(({ no }) => no === TRAINING_INFO_FIELD)) {
    throw invalid('it carries training graphs')
  }
  const domain = model.opsetImport.find((opset) => !STANDARD_DOMAINS.has(opset.domain))?.domain
  if (domain !== undefined) throw invalid(`it uses operators of the domain "${domain}"`)
}

function checkGraph(graph: GraphProto, limits: InspectionLimits): void {
  if (graph.node.length > limits.nodes) {
    throw invalid(`it has ${graph.node.length} nodes, wanted at most ${limits.nodes}`)
  }
  if (graph.sparseInitializer.length > 0) throw invalid('it stores sparse tensors')
  for (const stored of graph.initializer) checkTensor(stored, limits)
  for (const node of graph.node) checkNode(node, limits)
}

function checkNode({ opType, domain, name, attribute }: NodeProto, limits: InspectionLimits): void {
  const label = name === '' ? opType : `${opType} "${name}"`
  if (!STANDARD_DOMAINS.has(domain)) {
    throw invalid(`node ${label} is of the domain "${domain}", wanted plain ONNX`)
  }
  if (NESTING_OPERATORS.has(opType)) throw invalid(`node ${label} is control flow`)
  if (!OPERATORS.has(opType)) {
    throw invalid(`node ${label} is not one of the operators that may be loaded`)
  }
  for (const entry of attribute) checkAttribute(entry, label, limits)
}

function checkAttribute(
  { name, g, graphs, sparseTensor, sparseTensors, t, tensors }: AttributeProto,
  node: string,
  limits: InspectionLimits,
): void {
  if (g !== undefined || graphs.length > 0) {
    throw invalid(`attribute ${name} of node ${node} holds a graph`)
  }
  if (sparseTensor !== undefined || sparseTensors.length > 0) {
    throw invalid(`attribute ${name} of node ${node} holds a sparse tensor`)
  }
  for (const stored of t === undefined ? tensors : [t, ...tensors]) checkTensor(stored, limits)
}

function checkTensor(stored: TensorProto, limits: InspectionLimits): void {
  const label = `tensor "${stored.name}"`
  // both, because a reader may go by either
  if (stored.dataLocation !== 0 || stored.externalData.length > 0) {
    throw invalid(`${label} keeps its data in another file`)
  }
  const dtype = DTYPES.get(stored.dataType)
  if (dtype === undefined) {
    throw invalid(`${label} has the element type ${stored.dataType}, which is not a plain number`)
  }
  const count = countElements(stored.dims, label, limits)
  const wanted = count * bytesPerElement(dtype)
  if (stored.rawData.length > 0 && stored.rawData.length !== wanted) {
    throw invalid(`${label} has ${stored.rawData.length} bytes, its shape wants ${wanted}`)
  }
}

function countElements(dims: readonly bigint[], label: string, limits: InspectionLimits): number {
  if (dims.length > MAX_RANK) {
    throw invalid(`${label} has ${dims.length} dimensions, wanted at most ${MAX_RANK}`)
  }
  // in bigint, because the product of hostile sizes overflows
  const count = dims.reduce((product, size) => product * size, 1n)
  if (dims.some((size) => size < 0n) || count > BigInt(limits.elements)) {
    throw invalid(`${label} has the shape [${dims}], wanted at most ${limits.elements} elements`)
  }
  return Number(count)
}

function modelValue({ name, type }: ValueInfoProto, limits: InspectionLimits): ModelValue {
  const dtype = DTYPES.get(type?.tensorType?.elemType ?? 0)
  const dims = type?.tensorType?.shape?.dim
  if (dtype === undefined || dims === undefined) {
    throw invalid(`"${name}" is not declared as a tensor of numbers with a shape`)
  }
  const sizes = dims.map(({ value }) => (value.case === 'dimValue' ? value.value : 1n))
  countElements(sizes, `"${name}"`, limits)
  const shape = dims.map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : (value.value ?? '?'),
  )
  return { name, dtype, shape }
}

function invalid(reason: string, cause?: unknown): AtelierError {
  return new AtelierError(
    'MODEL_INVALID',
    `This is not an ONNX model that may be loaded: ${reason}.`,
    {
      hint: 'Use a model.onnx that Atelier exported, or one with plain operators and its data inside.',
      cause,
    },
  )
}
