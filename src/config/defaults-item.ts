import { AtelierError } from '../core/index.ts'
import { type ConfigNode, describeOrigin, type Origin, toPlain } from './node.ts'

/** One line of a `defaults` list. */
export type DefaultsItem =
  | { readonly kind: 'self' }
  | {
      readonly kind: 'config'
      readonly path: string
      readonly package: string | undefined
      readonly optional: boolean
      readonly origin: Origin
    }
  | {
      readonly kind: 'group'
      /** As written: relative to the group of its file unless it starts with `/`. */
      readonly group: string
      readonly package: string | undefined
      /** null: nothing is chosen. Several options, in a list, are merged in order. */
      readonly options: string | readonly string[] | null
      readonly optional: boolean
      readonly override: boolean
      readonly origin: Origin
    }

/** Reads a `defaults` list as written in a file. Throws CONFIG_SYNTAX. */
export function parseDefaults(node: ConfigNode | undefined): DefaultsItem[] {
  if (node === undefined) return []
  if (node.kind !== 'list') throw malformed(node.origin, 'the defaults must be a list')
  return node.items.map(parseItem)
}

function parseItem(node: ConfigNode): DefaultsItem {
  if (node.kind === 'scalar' && typeof node.value === 'string')
    return parsePath(node.value, node.origin)
  if (node.kind !== 'map' || node.entries.size !== 1) {
    throw malformed(node.origin, 'an entry is `group: option`, a file name or `_self_`')
  }
  const [written, value] = [...node.entries][0]!
  const { words, name } = splitWords(written)
  const [group, pkg] = splitPackage(name)
  return {
    kind: 'group',
    group,
    package: pkg,
    options: parseOptions(value),
    optional: words.includes('optional'),
    override: words.includes('override'),
    origin: node.origin,
  }
}

function parsePath(text: string, origin: Origin): DefaultsItem {
  if (text === '_self_') return { kind: 'self' }
  const [path, pkg] = splitPackage(text)
  return { kind: 'config', path, package: pkg, optional: false, origin }
}

function parseOptions(node: ConfigNode): string | readonly string[] | null {
  if (node.kind === 'scalar') return node.value === null ? null : String(node.value)
  if (node.kind === 'list') return node.items.map((item) => String(toPlain(item)))
  throw malformed(node.origin, 'an option is a name, a list of names or null')
}

/** `override optional /db` → the words and `/db`. */
function splitWords(text: string): { readonly words: readonly string[]; readonly name: string } {
  const parts = text.trim().split(/\s+/)
  return { words: parts.slice(0, -1), name: parts.at(-1) ?? '' }
}

function splitPackage(text: string): [string, string | undefined] {
  const at = text.indexOf('@')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function malformed(origin: Origin, what: string): AtelierError {
  return new AtelierError('CONFIG_SYNTAX', `${describeOrigin(origin)}: ${what}.`)
}
