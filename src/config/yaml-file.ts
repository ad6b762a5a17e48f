import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar as YamlScalar,
} from 'yaml'
import { AtelierError } from '../core/index.ts'
import { type ConfigNode, listNode, mapNode, type Origin, type Scalar, scalarNode } from './node.ts'
import { resolvePlainScalar } from './yaml-scalars.ts'

/** A file of the config tree. */
export interface ConfigFile {
  /** As shown in messages. */
  readonly path: string
  /** Without its defaults list. */
  readonly content: ConfigNode
  /** The `defaults` list as written, if there is one. */
  readonly defaults: ConfigNode | undefined
  /** From the header `# @package name`. */
  readonly packageHeader: string | undefined
}

interface Reader {
  readonly document: Document
  readonly lines: LineCounter
  readonly path: string
  readonly resolveScalar: (text: string) => Scalar
}

/** Parses one YAML file. Throws CONFIG_SYNTAX for malformed YAML and duplicate keys. */
export function parseConfigFile(text: string, path: string): ConfigFile {
  const content = parseYaml(text, path)
  const packageHeader = readPackageHeader(text, path)
  if (content.kind !== 'map') {
    throw new AtelierError(
      'CONFIG_SYNTAX',
      `${path}: a configuration file holds \`key: value\` lines.`,
    )
  }
  const defaults = content.entries.get('defaults')
  if (defaults === undefined) return { path, content, defaults, packageHeader }
  const rest = [...content.entries].filter(([key]) => key !== 'defaults')
  return { path, content: mapNode(rest, content.origin), defaults, packageHeader }
}

/**
 * YAML text as a tree; an empty text is an empty map. Types are by YAML 1.1 and OmegaConf, unless plain
 * scalars are resolved otherwise.
 */
export function parseYaml(
  text: string,
  path: string,
  resolveScalar = resolvePlainScalar,
): ConfigNode {
  const lines = new LineCounter()
  // `failsafe` leaves every scalar a string, so that the types are ours to decide
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', lineCounter: lines })
  const problem = document.errors[0]
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? 1
    const message = problem.message.split(' at line ')[0]
    throw new AtelierError('CONFIG_SYNTAX', `${path}:${line}: ${message}.`, {
      data: { file: path, line },
    })
  }
  const reader: Reader = { document, lines, path, resolveScalar }
  if (document.contents === null) return mapNode([], originOf(reader, null))
  if (isScalar(document.contents) && document.contents.source === '') {
    return mapNode([], originOf(reader, null))
  }
  return convert(reader, document.contents)
}

/**
 * The name of the `# @package` line, which only blank and other `# @` lines may precede. Below another
 * comment Hydra passes over it in silence, and the values go elsewhere: that is refused.
 */
function readPackageHeader(text: string, path: string): string | undefined {
  let follows = false
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() !== '' && !/^\s*#/.test(line)) return undefined
    const header = /^\s*#\s*@package\s+(\S+)\s*$/.exec(line)?.[1]
    if (header !== undefined && !follows) return header
    if (header !== undefined) {
      throw new AtelierError(
        'CONFIG_SYNTAX',
        `${path}:${i + 1}: the line \`# @package ${header}\` must be the first of the file.`,
        { data: { file: path, line: i + 1 } },
      )
    }
    follows ||= line.trim() !== '' && !/^\s*#\s*@/.test(line)
  }
  return undefined
}

function convert(reader: Reader, node: Node | null): ConfigNode {
  const origin = originOf(reader, node)
  if (isAlias(node)) return convert(reader, node.resolve(reader.document) ?? null)
  if (isSeq(node)) {
    return listNode(
      node.items.map((item) => convert(reader, item as Node)),
      origin,
    )
  }
  if (isMap(node)) return mapNode(convertPairs(reader, node.items as Pair<Node, Node>[]), origin)
  if (!isScalar(node)) return scalarNode({ type: 'null', value: null }, origin)
  return scalarNode(convertScalar(reader, node), origin)
}

function convertScalar({ resolveScalar }: Reader, node: YamlScalar): Scalar {
  const text = String(node.value ?? '')
  const quoted = node.type !== undefined && node.type !== YamlScalar.PLAIN
  if (quoted || node.tag === '!!str' || node.tag === 'tag:yaml.org,2002:str') {
    return { type: 'string', value: text }
  }
  return resolveScalar(text)
}

/** `<<: *base` merges; keys that stand in the map itself win over merged ones. */
function convertPairs(reader: Reader, pairs: readonly Pair<Node, Node>[]): Map<string, ConfigNode> {
  const merged = new Map<string, ConfigNode>()
  const own = new Map<string, ConfigNode>()
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? String(key.value ?? '') : ''
    const child = atLineOf(originOf(reader, key), convert(reader, value))
    if (name === '<<') {
      const sources = child.kind === 'list' ? [...child.items].reverse() : [child]
      for (const source of sources) {
        if (source.kind === 'map') for (const [k, v] of source.entries) merged.set(k, v)
      }
    } else own.set(name, child)
  }
  return new Map([...merged, ...own])
}

/** A map or list in block style begins on the line after its key, where nobody looks for it. */
function atLineOf(origin: Origin, node: ConfigNode): ConfigNode {
  return node.kind === 'scalar' ? node : { ...node, origin }
}

function originOf({ lines, path }: Reader, node: Node | null): Origin {
  const offset = node?.range?.[0]
  return { kind: 'file', file: path, line: offset === undefined ? 1 : lines.linePos(offset).line }
}
