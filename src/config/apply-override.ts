import { AtelierError } from '../core/index.ts'
import { mergeNodes, removeAt, setAt } from './merge.ts'
import { type ConfigNode, describeOrigin, nodeAt, toPlain } from './node.ts'
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
  const path = override.key.split(/[./]/)
  const existing = nodeAt(root, path)
  switch (override.kind) {
    case 'delete':
      return removeOverridden(root, path, existing, override)
    case 'change':
      if (existing === undefined) throw unknownKey(root, override, groups)
      return setAt(root, path, mergeNodes(existing, extended(existing, override)))
    case 'add': {
      const value = valueNode(override)
      const bothMaps = existing?.kind === 'map' && value.kind === 'map'
      if (existing !== undefined && !bothMaps) throw alreadyThere(override)
      return setAt(root, path, bothMaps ? mergeNodes(existing, value) : value)
    }
    case 'force': {
      const value = extended(existing, override)
      return setAt(root, path, existing === undefined ? value : mergeNodes(existing, value))
    }
  }
}

/** The value, behind what the list holds already if it is `extend_list(…)`. */
function extended(existing: ConfigNode | undefined, override: Override): ConfigNode {
  const value = valueNode(override)
  if (override.value?.kind !== 'extend' || value.kind !== 'list') return value
  if (existing === undefined) return value
  if (existing.kind === 'list') return { ...value, items: [...existing.items, ...value.items] }
  throw new AtelierError(
    'CONFIG_INVALID_VALUE',
    `Override '${override.text}': ${override.key} is no list (${describeOrigin(existing.origin)}).`,
  )
}

function removeOverridden(
  root: ConfigNode,
  path: readonly string[],
  existing: ConfigNode | undefined,
  override: Override,
): ConfigNode {
  if (existing === undefined) throw unknownKey(root, override, [])
  if (override.value !== undefined) {
    const got = JSON.stringify(toPlain(existing))
    const wanted = JSON.stringify(toPlain(valueNode(override)))
    if (got !== wanted) {
      throw new AtelierError(
        'CONFIG_INVALID_VALUE',
        `Override '${override.text}': ${override.key} is ${got}, not ${wanted}.`,
        { hint: `Write ~${override.key} to delete it whatever its value.` },
      )
    }
  }
  return removeAt(root, path)
}

function alreadyThere(override: Override): AtelierError {
  return new AtelierError(
    'CONFIG_INVALID_VALUE',
    `Override '${override.text}': ${override.key} exists already.`,
    { hint: `Write ${override.text.slice(1)} to change it, or ++ to add or change.` },
  )
}
