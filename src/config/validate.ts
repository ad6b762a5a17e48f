import type { z } from 'zod'
import { type ProjectConfig, projectConfigSchema } from '../contracts/index.ts'
import { AtelierError } from '../core/index.ts'
import { type ConfigNode, describeOrigin, MISSING, mapNode, nodeAt, toPlain } from './node.ts'
import { configKeys } from './schema-keys.ts'
import { nearestKey } from './unknown-key.ts'

/** The resolved tree as a typed configuration. Throws the first problem, naming where it was set. */
export function validateConfig(root: ConfigNode): ProjectConfig {
  refuseMissing(root, [])
  const result = projectConfigSchema.safeParse(toPlain(withoutEmptyMaps(root)))
  if (result.success) return result.data
  throw problemOf(root, result.error.issues[0]!)
}

function refuseMissing(node: ConfigNode, path: readonly string[]): void {
  if (node.kind === 'map') {
    for (const [key, child] of node.entries) refuseMissing(child, [...path, key])
  } else if (node.kind === 'list') {
    node.items.forEach((item, i) => {
      refuseMissing(item, [...path, String(i)])
    })
  } else if (node.value === MISSING) {
    const key = path.join('.')
    const description = configKeys().find((entry) => entry.key === key)?.description
    throw new AtelierError(
      'CONFIG_MISSING_VALUE',
      `${key} has no value yet (${describeOrigin(node.origin)}).`,
      { hint: `Set ${key}=VALUE.${description ? ` ${description}` : ''}`, data: { key } },
    )
  }
}

/** A group file without content leaves an empty map, which sets nothing and may have any name. */
function withoutEmptyMaps(node: ConfigNode): ConfigNode {
  if (node.kind !== 'map') return node
  const entries = [...node.entries].map(([key, child]) => [key, withoutEmptyMaps(child)] as const)
  return mapNode(
    entries.filter(([, child]) => child.kind !== 'map' || child.entries.size > 0),
    node.origin,
  )
}

function problemOf(root: ConfigNode, issue: z.core.$ZodIssue): AtelierError {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') return unrecognized(root, [...path, issue.keys[0]!])
  const node = nodeAt(root, path)
  if (node === undefined) return absent(path)
  const key = path.join('.')
  const got = JSON.stringify(toPlain(node))
  const wanted = configKeys().find((entry) => entry.key === key)
  const message = wanted
    ? `${key} is ${got}, but must be: ${wanted.type} (${describeOrigin(node.origin)}).`
    : `${key} is ${got}: ${issue.message} (${describeOrigin(node.origin)}).`
  return new AtelierError('CONFIG_INVALID_VALUE', message, {
    ...(wanted?.description ? { hint: wanted.description } : {}),
    data: { key, got: toPlain(node), wanted: wanted?.type ?? issue.message },
  })
}

function unrecognized(root: ConfigNode, path: readonly string[]): AtelierError {
  const key = path.join('.')
  const node = nodeAt(root, path)
  const where = node === undefined ? '' : ` (${describeOrigin(node.origin)})`
  const known = configKeys().map((entry) => entry.key)
  const nearest = nearestKey(
    key,
    known.filter((name) => name !== key),
  )
  // the same key may belong to another variant, as data.mirrors does to `source: idx`
  const elsewhere = known.includes(key)
  const message = elsewhere
    ? `The key '${key}' does not go with this ${path[0]}${where}.`
    : `There is no key '${key}'${where}.`
  return new AtelierError('CONFIG_UNKNOWN_KEY', message, {
    hint:
      nearest && !elsewhere
        ? `Did you mean '${nearest}'?`
        : '`atelier config --keys` lists every key.',
    data: { key, nearest },
  })
}

function absent(path: readonly string[]): AtelierError {
  const key = path.join('.')
  return new AtelierError('CONFIG_MISSING_VALUE', `The configuration has no '${key}'.`, {
    hint: 'Every key needs a value. A conf/config.yaml of your own replaces the packaged one as a whole.',
    data: { key },
  })
}
