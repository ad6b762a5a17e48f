/**
 * Configuration as a tree in which every value knows where it was set. Integers and floats differ,
 * as they do in YAML and Hydra: `1` and `1.0` print differently.
 */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'override'; readonly text: string }
  | { readonly kind: 'builtin'; readonly name: string }

export type ScalarType = 'null' | 'bool' | 'int' | 'float' | 'string'

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly type: ScalarType
  readonly value: null | boolean | number | string
  readonly origin: Origin
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly ConfigNode[]
  readonly origin: Origin
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, ConfigNode>
  readonly origin: Origin
}

export type ConfigNode = ScalarNode | ListNode | MapNode

/** The value that must be replaced before the configuration can be used. */
export const MISSING = '???'

export type Scalar = Pick<ScalarNode, 'type' | 'value'>

export function mapNode(entries: Iterable<readonly [string, ConfigNode]>, origin: Origin): MapNode {
  return { kind: 'map', entries: new Map(entries), origin }
}

export function listNode(items: readonly ConfigNode[], origin: Origin): ListNode {
  return { kind: 'list', items, origin }
}

export function scalarNode(scalar: Scalar, origin: Origin): ScalarNode {
  return { kind: 'scalar', type: scalar.type, value: scalar.value, origin }
}

/** `conf/data/sketch.yaml:4` or `override 'seed=7'`. */
export function describeOrigin(origin: Origin): string {
  if (origin.kind === 'file') return `${origin.file}:${origin.line}`
  return origin.kind === 'override' ? `override '${origin.text}'` : `built in: ${origin.name}`
}

/** The plain JavaScript value of a tree. */
export function toPlain(node: ConfigNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toPlain)
  return Object.fromEntries([...node.entries].map(([key, child]) => [key, toPlain(child)]))
}

/** The node at a path of keys and list indices, if there is one. */
export function nodeAt(root: ConfigNode, path: readonly string[]): ConfigNode | undefined {
  let node: ConfigNode | undefined = root
  for (const key of path) node = node === undefined ? undefined : childOf(node, key)
  return node
}

function childOf(node: ConfigNode, key: string): ConfigNode | undefined {
  if (node.kind === 'map') return node.entries.get(key)
  if (node.kind === 'list' && /^\d+$/.test(key)) return node.items[Number(key)]
  return undefined
}
