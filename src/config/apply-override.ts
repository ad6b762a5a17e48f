import { AtelierError } from '../core/index.ts'
import { mergeNodes, removeAt, setAt } from './merge.ts'
import { type ConfigNode, describeOrigin, MISSING, nodeAt, toPlain } from './node.ts'
import { type Override, valueNode } from './override.ts'
import { unknownKey } from './unknown-key.ts'

/**
 * The tree with one value override applied; `groups` are other names that the user may have meant.
 * Throws CONFIG_UNKNOWN_KEY and CONFIG_INVALID_VALUE.
 */
export function applyOverride(
  root: ConfigNode,
  override: Override,
  groups: readonly string[],
): ConfigNode {
  if (override.package !== undefined) throw noGroup(override, groups)
  const path = override.key === '' ? [] : override.key.split('.')
  if (path.length === 0 && override.value?.kind !== 'map') throw refused(override, 'names no key')
  const existing = nodeAt(root, path)
  switch (override.kind) {
    case 'delete':
      return removeOverridden(root, path, existing, override)
    case 'change': {
      if (existing === undefined) throw unknownKey(root, override, groups)
      const value = extended(existing, override)
      refuseNewKeys(root, override, existing, value, path)
      return setAt(root, path, merged(existing, value, override))
    }
    case 'add': {
      const value = extended(existing, override)
      if (!isNothing(existing) && value.kind === 'scalar') throw alreadyThere(override)
      return added(root, path, merged(existing, value, override), override)
    }
    case 'force': {
      const value = extended(existing, override)
      return added(root, path, merged(existing, value, override), override)
    }
  }
}

/** Null, or still to be set: a value that `+` may put there, and `~` has nothing to take from. */
function isNothing(node: ConfigNode | undefined): boolean {
  return (
    node === undefined || (node.kind === 'scalar' && [null, MISSING].includes(node.value as null))
  )
}

/** A new key; items are not added to a list one by one. */
function added(
  root: ConfigNode,
  path: readonly string[],
  value: ConfigNode,
  override: Override,
): ConfigNode {
  const parent = nodeAt(root, path.slice(0, -1))
  if (parent?.kind === 'list' && nodeAt(root, path) === undefined) {
    throw refused(
      override,
      `${path.slice(0, -1).join('.')} is a list, which has no item ${path.at(-1)}`,
    )
  }
  return setAt(root, path, value)
}

/** Maps merge; a list and a map do not go together. */
function merged(
  existing: ConfigNode | undefined,
  value: ConfigNode,
  override: Override,
): ConfigNode {
  if (existing === undefined) return value
  const kinds = [existing.kind, value.kind]
  if (kinds.includes('list') && kinds.includes('map')) {
    const [is, wanted] = kinds
    const where = describeOrigin(existing.origin)
    throw refused(override, `${override.key} is a ${is} (${where}) and cannot become a ${wanted}`)
  }
  return mergeNodes(existing, value)
}

/** A map that changes another has no keys of its own: `optimizer={momentun: 1}` is a typo. */
function refuseNewKeys(
  root: ConfigNode,
  override: Override,
  existing: ConfigNode,
  value: ConfigNode,
  path: readonly string[],
): void {
  if (existing.kind !== 'map' || value.kind !== 'map') return
  for (const [key, child] of value.entries) {
    const below = existing.entries.get(key)
    const place = [...path, key]
    if (below === undefined) throw unknownKey(root, { ...override, key: place.join('.') }, [])
    refuseNewKeys(root, override, below, child, place)
  }
}

/** The value, behind what the list holds already if it is `extend_list(…)`. */
function extended(existing: ConfigNode | undefined, override: Override): ConfigNode {
  const value = valueNode(override)
  if (override.value?.kind !== 'extend' || value.kind !== 'list') return value
  if (existing === undefined) return value
  if (existing.kind === 'list') return { ...value, items: [...existing.items, ...value.items] }
  throw refused(override, `${override.key} is no list (${describeOrigin(existing.origin)})`)
}

function removeOverridden(
  root: ConfigNode,
  path: readonly string[],
  existing: ConfigNode | undefined,
  override: Override,
): ConfigNode {
  if (existing === undefined) throw unknownKey(root, override, [])
  if (isNothing(existing)) throw refused(override, `${override.key} has no value to delete`)
  const last = path.at(-1)
  if (nodeAt(root, path.slice(0, -1))?.kind === 'list') {
    const list = path.slice(0, -1).join('.')
    throw refused(
      override,
      `${list} is a list, whose item ${last} cannot be deleted`,
      `Write the items to keep: ${list}=[…].`,
    )
  }
  const value = override.value === undefined ? undefined : valueNode(override)
  if (value !== undefined && !isNothing(value)) {
    const got = JSON.stringify(toPlain(existing))
    const wanted = JSON.stringify(toPlain(value))
    if (got !== wanted) {
      const hint = `Write ~${override.key} to delete it whatever its value.`
      throw refused(override, `${override.key} is ${got}, not ${wanted}`, hint)
    }
  }
  return removeAt(root, path)
}

function alreadyThere(override: Override): AtelierError {
  const hint = `Write ${override.text.slice(1)} to change it, or ++ to add or change.`
  return refused(override, `${override.key} exists already`, hint)
}

function noGroup({ text, key }: Override, groups: readonly string[]): AtelierError {
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `Override '${text}': there is no group '${key}'.`,
    {
      hint: `Only a group has a package. There are: ${groups.join(', ')}.`,
    },
  )
}

function refused({ text }: Override, what: string, hint?: string): AtelierError {
  return new AtelierError('CONFIG_INVALID_VALUE', `Override '${text}': ${what}.`, {
    ...(hint === undefined ? {} : { hint }),
  })
}
