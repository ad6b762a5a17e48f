/** Configuration values as the golden files of test/golden/hydra-*.py hold them: with their type. */
import {
  type ConfigNode,
  listNode,
  mapNode,
  type Origin,
  type Scalar,
  scalarNode,
} from '../../src/config/node.ts'

export type Typed = Record<string, unknown>

const ORIGIN: Origin = { kind: 'file', file: 'x', line: 1 }

export function typed(node: ConfigNode): Typed {
  if (node.kind === 'list') return { list: node.items.map(typed) }
  if (node.kind === 'map') {
    return { map: [...node.entries].map(([key, child]) => [key, typed(child)]) }
  }
  return typedScalar(node)
}

export function typedScalar({ type, value }: Scalar): Typed {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { float: Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf' }
  }
  return { [type]: value }
}

export function untyped(value: Typed): ConfigNode {
  const [[type, content]] = Object.entries(value) as [[string, unknown]]
  if (type === 'list') return listNode((content as Typed[]).map(untyped), ORIGIN)
  if (type === 'map') {
    return mapNode(
      (content as [string, Typed][]).map(([k, v]) => [k, untyped(v)] as const),
      ORIGIN,
    )
  }
  return scalarNode({ type, value: content } as Parameters<typeof scalarNode>[0], ORIGIN)
}
