import type { Attributes, OpName, ValueType } from '../graph/index.ts'
import type { Emitter } from './emitter.ts'

export interface Lowering<O extends OpName> {
  readonly emitter: Emitter
  readonly attributes: Attributes[O]
  /** Names of the input tensors, and their types. */
  readonly inputs: readonly string[]
  readonly types: readonly ValueType[]
  readonly outputs: readonly ValueType[]
  /** Whether anything uses each output. */
  readonly used: readonly boolean[]
}

/** Returns the names of the node's outputs. */
export type LoweringRule<O extends OpName> = (lowering: Lowering<O>) => readonly string[]
