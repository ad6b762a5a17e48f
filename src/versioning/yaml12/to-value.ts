import { type ConfigNode, describeOrigin } from '../../config/index.ts'
import { AtelierError } from '../../core/index.ts'
import type { Value } from './value.ts'

/** A parsed tree without its origins. Throws PIPELINE_INVALID for a number that would lose digits. */
export function toValue(node: ConfigNode): Value {
  if (node.kind === 'list') return node.items.map(toValue)
  if (node.kind === 'map') {
    return new Map([...node.entries].map(([key, child]) => [key, toValue(child)]))
  }
  const { type, value } = node
  if (type === 'float') return { float: value as number }
  if (type === 'int' && !Number.isSafeInteger(value)) {
    throw new AtelierError(
      'PIPELINE_INVALID',
      `${describeOrigin(node.origin)}: whole numbers beyond 2^53 lose digits here; got ${value}.`,
      { hint: 'Write it as a text, in quotes.' },
    )
  }
  return value
}
