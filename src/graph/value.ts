import type { DType } from '../tensor/index.ts'
import type { GraphShape } from './dimensions.ts'
import type { Attributes, OpName } from './operators.ts'

export interface ValueType {
  readonly dtype: DType
  readonly shape: GraphShape
}

/** One application of an operator. Nodes are immutable, so a graph is simply the values it ends in. */
export interface Node<O extends OpName = OpName> {
  readonly op: O
  readonly inputs: readonly Value[]
  readonly attributes: Attributes[O]
  readonly outputs: readonly ValueType[]
}

/** One output of a node. */
export interface Value extends ValueType {
  readonly node: Node
  readonly index: number
}
