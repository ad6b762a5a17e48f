import { AtelierError, nearestName } from '../core/index.ts'
import { type ConfigNode, nodeAt } from './node.ts'
import type { Override } from './override.ts'

/** CONFIG_UNKNOWN_KEY for an override whose key the tree lacks, with the nearest key or group it has. */
export function unknownKey(
  root: ConfigNode,
  { key, text }: Override,
  groups: readonly string[],
): AtelierError {
  const nearest = nearestKey(key, [...leafKeys(root), ...groups])
  const siblings = siblingKeys(root, key.split('.'))
  return new AtelierError('CONFIG_UNKNOWN_KEY', `There is no key '${key}' (override '${text}').`, {
    hint: nearest ? `Did you mean '${nearest}'?` : `There are: ${siblings.join(', ')}.`,
    data: { key, nearest },
  })
}

/** The likeliest key meant: a typo of the whole, of its last word, or its initials (`lr`). */
export function nearestKey(key: string, keys: readonly string[]): string | undefined {
  const last = lastWord(key)
  const prefix = key.slice(0, key.length - last.length)
  const siblings = keys.filter((candidate) => candidate.startsWith(prefix))
  const byWord = (candidates: readonly string[]) => {
    const word = nearestName(last, candidates.map(lastWord))
    return candidates.find((candidate) => lastWord(candidate) === word)
  }
  const initials = keys.find((candidate) => initialsOf(lastWord(candidate)) === last)
  return (
    keys.find((candidate) => lastWord(candidate) === last) ??
    initials ??
    (prefix === '' ? undefined : byWord(siblings)) ??
    nearestName(key, keys) ??
    byWord(keys)
  )
}

const lastWord = (key: string) => key.slice(key.lastIndexOf('.') + 1)

const initialsOf = (word: string) => {
  const parts = word.split('_')
  return parts.length < 2 ? undefined : parts.map((part) => part[0]).join('')
}

function leafKeys(node: ConfigNode, prefix = ''): string[] {
  if (node.kind !== 'map') return [prefix]
  return [...node.entries].flatMap(([key, child]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`
    return child.kind === 'map' ? [path, ...leafKeys(child, path)] : [path]
  })
}

/** Keys of the deepest map on the path that exists. */
function siblingKeys(root: ConfigNode, path: readonly string[]): string[] {
  for (let length = path.length - 1; length >= 0; length--) {
    const node = nodeAt(root, path.slice(0, length))
    if (node?.kind === 'map') return [...node.entries.keys()]
  }
  return []
}
