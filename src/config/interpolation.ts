import { AtelierError, nearestName } from '../core/index.ts'
import { type InterpolationPart, parseInterpolation } from './interpolation-parser.ts'
import {
  type ConfigNode,
  describeOrigin,
  listNode,
  MISSING,
  mapNode,
  nodeAt,
  type Scalar,
  type ScalarNode,
  scalarNode,
} from './node.ts'
import { pythonText } from './python-text.ts'
import { parseYaml } from './yaml-file.ts'
import { resolvePlainScalar } from './yaml-scalars.ts'

export type Environment = Readonly<Record<string, string | undefined>>

interface Resolution {
  readonly root: ConfigNode
  readonly env: Environment
  /** Keys being resolved, to notice a circle. */
  readonly pending: readonly string[]
}

/** The tree with every `${…}` replaced by what it names. Throws CONFIG_INTERPOLATION. */
export function resolveInterpolations(root: ConfigNode, env: Environment): ConfigNode {
  return resolveNode({ root, env, pending: [] }, root, [])
}

function resolveNode(
  resolution: Resolution,
  node: ConfigNode,
  path: readonly string[],
): ConfigNode {
  if (node.kind === 'list') {
    const items = node.items.map((item, i) => resolveNode(resolution, item, [...path, String(i)]))
    return listNode(items, node.origin)
  }
  if (node.kind === 'map') {
    const entries = [...node.entries].map(
      ([key, child]) => [key, resolveNode(resolution, child, [...path, key])] as const,
    )
    return mapNode(entries, node.origin)
  }
  return resolveScalar(resolution, node, path)
}

function resolveScalar(
  resolution: Resolution,
  node: ScalarNode,
  path: readonly string[],
): ConfigNode {
  if (typeof node.value !== 'string' || !node.value.includes('${')) return node
  const key = path.join('.')
  if (resolution.pending.includes(key)) {
    throw failure(node, path, `refers to itself (${[...resolution.pending, key].join(' → ')})`)
  }
  const parts = parseInterpolation(node.value)
  if (parts === undefined) throw failure(node, path, `has a '\${' without its '}'`)
  const inner = { ...resolution, pending: [...resolution.pending, key] }
  const evaluation: Evaluation = { resolution: inner, node, path }
  // a value that is nothing but one reference keeps the type of what it names
  if (parts.length === 1) return evaluatePart(evaluation, parts[0]!)
  return scalarNode({ type: 'string', value: textOf(evaluation, parts) }, node.origin)
}

interface Evaluation {
  readonly resolution: Resolution
  /** The value that holds the reference, and where it stands. */
  readonly node: ScalarNode
  readonly path: readonly string[]
}

function evaluatePart(evaluation: Evaluation, part: InterpolationPart): ConfigNode {
  const { node, path } = evaluation
  if (part.kind === 'text') return scalarNode({ type: 'string', value: part.text }, node.origin)
  if (part.kind === 'key') {
    const key = keyOf(evaluation, part.path)
    const found = lookUp(evaluation, key)
    if (found === undefined) throw failure(node, path, `names '${key}', which does not exist`)
    return found
  }
  const resolver = RESOLVERS[part.name]
  if (resolver === undefined) {
    const nearest = nearestName(part.name, Object.keys(RESOLVERS))
    const guess = nearest ? `; did you mean '${nearest}'?` : ''
    throw failure(node, path, `calls the unknown resolver '${part.name}'${guess}`)
  }
  return resolver(
    evaluation,
    part.args.map((arg) => argumentOf(evaluation, arg)),
  )
}

/** In `${a.${b}}` the inner value must be text: OmegaConf refuses numbers as parts of a key. */
function keyOf(evaluation: Evaluation, parts: readonly InterpolationPart[]): string {
  const nodes = parts.map((part) => evaluatePart(evaluation, part))
  const odd = nodes.some((node) => node.kind !== 'scalar' || node.type !== 'string')
  if (odd)
    throw failure(evaluation.node, evaluation.path, 'builds a key from a value that is no text')
  return nodes.map((node) => (node as ScalarNode).value).join('')
}

function textOf(evaluation: Evaluation, parts: readonly InterpolationPart[]): string {
  return parts
    .map((part) => {
      const node = evaluatePart(evaluation, part)
      if (node.kind === 'scalar') return pythonText(node)
      throw failure(evaluation.node, evaluation.path, 'puts a list or map into a text')
    })
    .join('')
}

function argumentOf(evaluation: Evaluation, parts: readonly InterpolationPart[]): ConfigNode {
  if (parts.length === 1 && parts[0]!.kind !== 'text') return evaluatePart(evaluation, parts[0]!)
  const text = textOf(evaluation, parts)
  const quoted = /^(['"])(.*)\1$/s.exec(text)
  const scalar: Scalar = quoted ? { type: 'string', value: quoted[2]! } : resolvePlainScalar(text)
  return scalarNode(scalar, evaluation.node.origin)
}

/** `a.b[0]` from the root; `.x` beside the value, `..x` beside its parent, and so on. */
function lookUp({ resolution, path }: Evaluation, key: string): ConfigNode | undefined {
  const dots = /^\.*/.exec(key)![0].length
  const base = dots === 0 ? [] : path.slice(0, Math.max(0, path.length - dots))
  const words = key
    .slice(dots)
    .replace(/\[([^\]]*)\]/g, '.$1')
    .split('.')
    .filter((word) => word !== '')
  const target = [...base, ...words]
  const found = nodeAt(resolution.root, target)
  return found === undefined ? undefined : resolveNode(resolution, found, target)
}

type Resolver = (evaluation: Evaluation, args: readonly ConfigNode[]) => ConfigNode

const RESOLVERS: Readonly<Record<string, Resolver>> = {
  /** Always a string, as in OmegaConf; `oc.decode` gives it a type. */
  'oc.env': (evaluation, args) => {
    const { resolution, node, path } = evaluation
    const name = nameArgument(evaluation, args)
    const value = resolution.env[name]
    if (value !== undefined) return scalarNode({ type: 'string', value }, node.origin)
    const fallback = args[1]
    if (fallback === undefined) throw failure(node, path, `needs the environment variable ${name}`)
    if (fallback.kind !== 'scalar' || fallback.type === 'null') return fallback
    return scalarNode({ type: 'string', value: pythonText(fallback) }, node.origin)
  },
  'oc.select': (evaluation, args) => {
    const found = lookUp(evaluation, nameArgument(evaluation, args))
    const missing = found?.kind === 'scalar' && found.value === MISSING
    const nothing = scalarNode({ type: 'null', value: null }, evaluation.node.origin)
    return found === undefined || missing ? (args[1] ?? nothing) : found
  },
  'oc.decode': ({ node }, args) => {
    const [value] = args
    if (value?.kind !== 'scalar' || typeof value.value !== 'string') return value ?? node
    return parseYaml(value.value, describeOrigin(node.origin))
  },
}

function nameArgument(evaluation: Evaluation, args: readonly ConfigNode[]): string {
  const name = args[0]
  if (name?.kind === 'scalar' && typeof name.value === 'string' && name.value !== '')
    return name.value
  throw failure(evaluation.node, evaluation.path, 'has a resolver without a name')
}

function failure(node: ScalarNode, path: readonly string[], what: string): AtelierError {
  return new AtelierError(
    'CONFIG_INTERPOLATION',
    `${path.join('.')}: '${node.value}' ${what} (${describeOrigin(node.origin)}).`,
    { data: { key: path.join('.'), value: node.value } },
  )
}
