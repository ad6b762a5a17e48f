import type { Attributes, OpName, ValueType } from '../graph/index.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

export interface Lowering<O extends OpName> {
  readonly emitter: Emitter
  readonly attributes: Attributes[O]
  readonly operands: readonly Operand[]
  /** Names of the input tensors in row-major layout, and their types. */
  readonly inputs: readonly string[]
  readonly types: readonly ValueType[]
  readonly outputs: readonly ValueType[]
  /** Whether anything uses each output. */
  readonly used: readonly boolean[]
}

/** Returns the names of the node's outputs, in row-major layout. */
export type LoweringRule<O extends OpName> = (lowering: Lowering<O>) => readonly string[]

/** The same in blocked layout, or `undefined` where that does not apply. */
export type BlockedRule<O extends OpName> = (
  lowering: Omit<Lowering<O>, 'inputs'>,
) => readonly Operand[] | undefined
