import { nearestName } from '../core/index.ts'
import {
  GrammarError,
  type InterpolationElement,
  type InterpolationPart,
  parseInterpolation,
  parseSingleElement,
} from './interpolation-parser.ts'
import { type ConfigNode, listNode, mapNode, type ScalarNode, scalarNode } from './node.ts'
import { pythonTreeText } from './python-text.ts'
import {
  type Environment,
  failure,
  isMissing,
  type ResolutionOptions,
  type ResolverContext,
  stringNode,
} from './resolver-context.ts'
import { callResolver } from './resolvers.ts'

/** A value in which a reference stands, and all that is needed to follow it. */
interface Evaluation {
  readonly root: ConfigNode
  readonly env: Environment
  readonly options: ResolutionOptions
  /** Keys being resolved, to notice a circle. */
  readonly pending: readonly string[]
  readonly node: ScalarNode
  readonly path: readonly string[]
}

type Scope = Pick<Evaluation, 'root' | 'env' | 'options' | 'pending'>

/** The tree with every `${…}` replaced by what it names. Throws CONFIG_INTERPOLATION. */
export function resolveInterpolations(
  root: ConfigNode,
  env: Environment,
  options: ResolutionOptions = { now: new Date(), warn: () => {} },
): ConfigNode {
  return resolveNode({ root, env, options, pending: [] }, root, [])
}

/** A part of the tree, at `path`, without references. */
function resolveNode(scope: Scope, node: ConfigNode, path: readonly string[]): ConfigNode {
  if (node.kind === 'list') {
    const items = node.items.map((item, i) => resolveNode(scope, item, [...path, String(i)]))
    return listNode(items, node.origin)
  }
  if (node.kind === 'map') {
    const entries = [...node.entries].map(
      ([key, child]) => [key, resolveNode(scope, child, [...path, key])] as const,
    )
    return mapNode(entries, node.origin)
  }
  return resolveScalar(scope, node, path)
}

function resolveScalar(scope: Scope, node: ScalarNode, path: readonly string[]): ConfigNode {
  // what is built in quotes the overrides as typed
  const isQuote = node.origin.kind === 'builtin'
  if (isQuote || typeof node.value !== 'string' || !node.value.includes('${')) return node
  const key = path.join('.')
  const { root, env, options, pending } = scope
  const evaluation: Evaluation = { root, env, options, node, path, pending: [...pending, key] }
  if (pending.includes(key)) {
    throw failure(evaluation, `refers to itself (${evaluation.pending.join(' → ')})`)
  }
  return evaluateParts(
    evaluation,
    parsed(evaluation, () => parseInterpolation(String(node.value))),
  )
}

/** Runs a parser; what it refuses is an error of this value. */
function parsed<T>(evaluation: Evaluation, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error
    throw failure(evaluation, `cannot be read: ${error.message} (character ${error.position + 1})`)
  }
}

/** A value that is nothing but one reference keeps the type of what it names. */
function evaluateParts(evaluation: Evaluation, parts: readonly InterpolationPart[]): ConfigNode {
  if (parts.length === 1 && parts[0]!.kind !== 'text') return evaluatePart(evaluation, parts[0]!)
  return stringNode(evaluation, textOf(evaluation, parts))
}

function evaluatePart(evaluation: Evaluation, part: InterpolationPart): ConfigNode {
  if (part.kind === 'text') return stringNode(evaluation, part.text)
  if (part.kind === 'key') return referenced(evaluation, part)
  const name = nameOf(evaluation, part.name)
  const args = part.args.map((arg) => evaluateElement(evaluation, arg))
  const { env, options, node, path } = evaluation
  const context: ResolverContext = {
    env,
    options,
    node,
    path,
    lookUp: (dots, words) => lookUp(evaluation, dots, words),
    decode: (text) => {
      const element = parsed(evaluation, () => parseSingleElement(text))
      return evaluateElement(evaluation, element)
    },
  }
  return callResolver(context, name, args)
}

function referenced(
  evaluation: Evaluation,
  { dots, words }: Extract<InterpolationPart, { kind: 'key' }>,
): ConfigNode {
  const names = words.map((word) => nameOf(evaluation, [word]))
  const found = lookUp(evaluation, dots, names)
  const shown = `${'.'.repeat(dots)}${names.join('.')}`
  if (found === undefined) {
    const nearest = nearestName(names.join('.'), keysOf(evaluation.root, ''))
    const guess = nearest === undefined ? undefined : `Did you mean '\${${nearest}}'?`
    throw failure(evaluation, `names '${shown}', which does not exist`, guess)
  }
  if (isMissing(found)) throw failure(evaluation, `names '${shown}', which has no value yet`)
  return found
}

function keysOf(node: ConfigNode, prefix: string): string[] {
  if (node.kind !== 'map') return []
  return [...node.entries].flatMap(([name, child]) => {
    const key = prefix === '' ? name : `${prefix}.${name}`
    return key === 'hydra' ? [] : [key, ...keysOf(child, key)]
  })
}

/** In `${a.${b}}` the inner value must be text: OmegaConf refuses numbers as parts of a key. */
function nameOf(evaluation: Evaluation, parts: readonly InterpolationPart[]): string {
  const nodes = parts.map((part) => evaluatePart(evaluation, part))
  const odd = nodes.some((node) => node.kind !== 'scalar' || node.type !== 'string')
  if (odd) throw failure(evaluation, 'builds a key from a value that is no text')
  return nodes.map((node) => (node as ScalarNode).value).join('')
}

function textOf(evaluation: Evaluation, parts: readonly InterpolationPart[]): string {
  return parts.map((part) => pythonTreeText(evaluatePart(evaluation, part))).join('')
}

/** The value of a resolver's argument. */
function evaluateElement(evaluation: Evaluation, element: InterpolationElement): ConfigNode {
  const { origin } = evaluation.node
  switch (element.kind) {
    case 'scalar':
      return scalarNode(element.scalar, origin)
    case 'parts':
      if (element.quoted) return stringNode(evaluation, textOf(evaluation, element.parts))
      return evaluateParts(evaluation, element.parts)
    case 'list':
      return listNode(
        element.items.map((item) => evaluateElement(evaluation, item)),
        origin,
      )
    case 'map':
      return mapNode(
        element.entries.map(([key, item]) => [key, evaluateElement(evaluation, item)] as const),
        origin,
      )
  }
}

/** The node of a key: from the root, or beside the value (one dot), beside its parent (two dots) … */
function lookUp(
  evaluation: Evaluation,
  dots: number,
  words: readonly string[],
): ConfigNode | undefined {
  const { root, path } = evaluation
  if (dots > path.length) return undefined
  const base = dots === 0 ? [] : path.slice(0, path.length - dots)
  const target = [...base, ...words]
  const raw = follow(evaluation, root, target)
  return raw === undefined ? undefined : resolveNode(evaluation, raw.node, raw.path)
}

/** Walks down, through references that stand on the way. */
function follow(scope: Scope, root: ConfigNode, target: readonly string[]) {
  let node: ConfigNode = root
  let path: readonly string[] = []
  for (const word of target) {
    const here: ConfigNode = node.kind === 'scalar' ? resolveScalar(scope, node, path) : node
    const child = childOf(here, word)
    if (child === undefined) return undefined
    node = child
    path = [...path, word]
  }
  return { node, path }
}

function childOf(node: ConfigNode, key: string): ConfigNode | undefined {
  if (node.kind === 'map') return node.entries.get(key)
  if (node.kind !== 'list' || !/^\d+$/.test(key)) return undefined
  return node.items.at(Number(key))
}
