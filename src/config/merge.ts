import { type ConfigNode, type MapNode, mapNode } from './node.ts'

/** `over` on top of `base`: maps merge key by key, anything else is replaced, lists included. */
export function mergeNodes(base: ConfigNode, over: ConfigNode): ConfigNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over
  return mergeMaps(base, over)
}

function mergeMaps(base: MapNode, over: MapNode): MapNode {
  const entries = new Map(base.entries)
  for (const [key, value] of over.entries) {
    const existing = entries.get(key)
    entries.set(key, existing === undefined ? value : mergeNodes(existing, value))
  }
  return mapNode(entries, over.entries.size > 0 ? over.origin : base.origin)
}

/** The tree wrapped into the keys of a package: `a.b` gives `{a: {b: tree}}`. */
export function wrapInPackage(tree: ConfigNode, pkg: string): ConfigNode {
  const keys = pkg === '' ? [] : pkg.split('.')
  return keys.reduceRight<ConfigNode>(
    (child, key) => mapNode([[key, child] as const], child.origin),
    tree,
  )
}

/** A copy with the node at `path` replaced or added; missing maps on the way are made. */
export function setAt(root: ConfigNode, path: readonly string[], value: ConfigNode): ConfigNode {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (root.kind === 'list') {
    const index = Number(key)
    const items = root.items.map((item, i) => (i === index ? setAt(item, rest, value) : item))
    return { ...root, items }
  }
  const entries = new Map(root.kind === 'map' ? root.entries : [])
  entries.set(key, setAt(entries.get(key) ?? mapNode([], value.origin), rest, value))
  return mapNode(entries, root.origin)
}

/** A copy without the node at `path`. */
export function removeAt(root: ConfigNode, path: readonly string[]): ConfigNode {
  const [key, ...rest] = path
  if (key === undefined || root.kind === 'scalar') return root
  if (root.kind === 'list') {
    const index = Number(key)
    const items = root.items.flatMap((item, i) =>
      i !== index ? [item] : rest.length > 0 ? [removeAt(item, rest)] : [],
    )
    return { ...root, items }
  }
  const entries = new Map(root.entries)
  const child = entries.get(key)
  if (rest.length === 0) entries.delete(key)
  else if (child !== undefined) entries.set(key, removeAt(child, rest))
  return mapNode(entries, root.origin)
}
