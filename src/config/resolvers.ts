import { nearestName } from '../core/index.ts'
import { type ConfigNode, describeOrigin, listNode, mapNode, scalarNode } from './node.ts'
import { pythonTreeText } from './python-text.ts'
import { failure, isMissing, type ResolverContext, stringNode } from './resolver-context.ts'
import { formatTime } from './strftime.ts'
import { parseYaml } from './yaml-file.ts'

type Resolver = (context: ResolverContext, args: readonly ConfigNode[]) => ConfigNode

interface ResolverEntry {
  /** Fewest and most arguments. */
  readonly takes: readonly [number, number]
  readonly call: Resolver
}

/** The value of `${name:args}`. Throws CONFIG_INTERPOLATION. */
export function callResolver(
  context: ResolverContext,
  name: string,
  args: readonly ConfigNode[],
): ConfigNode {
  const resolver = Object.hasOwn(RESOLVERS, name) ? RESOLVERS[name] : undefined
  if (resolver === undefined) {
    const nearest = nearestName(name, Object.keys(RESOLVERS))
    const guess = nearest ? `Did you mean '${nearest}'? ` : ''
    const hint = `${guess}There are: ${Object.keys(RESOLVERS).join(', ')}.`
    throw failure(context, `calls the unknown resolver '${name}'`, hint)
  }
  const [fewest, most] = resolver.takes
  if (args.length < fewest || args.length > most) {
    const wanted = fewest === most ? `${fewest}` : `${fewest} to ${most}`
    throw failure(context, `gives ${name} ${args.length} arguments; it takes ${wanted}`)
  }
  return resolver.call(context, args)
}

const RESOLVERS: Readonly<Record<string, ResolverEntry>> = {
  'oc.env': { takes: [1, 2], call: environment },
  'oc.select': { takes: [1, 2], call: select },
  'oc.decode': { takes: [1, 1], call: decode },
  'oc.create': { takes: [1, 1], call: create },
  'oc.deprecated': { takes: [1, 2], call: deprecated },
  'oc.dict.keys': {
    takes: [1, 1],
    call: (context, args) => {
      const names = [...mapArgument(context, args).keys()]
      return listNode(
        names.map((name) => stringNode(context, name)),
        context.node.origin,
      )
    },
  },
  'oc.dict.values': {
    takes: [1, 1],
    call: (context, args) =>
      listNode([...mapArgument(context, args).values()], context.node.origin),
  },
  hydra: {
    takes: [1, 1],
    call: (context, args) => {
      const key = textArgument(context, args)
      const found = context.lookUp(0, ['hydra', ...key.split('.')])
      if (found !== undefined) return found
      throw failure(context, `asks for hydra.${key}, which there is not`)
    },
  },
  now: {
    takes: [1, 1],
    call: (context, args) =>
      stringNode(context, formatTime(context.options.now, textArgument(context, args))),
  },
}

/** Always a text, as in OmegaConf; `oc.decode` gives it a type. A default of null stays null. */
function environment(context: ResolverContext, args: readonly ConfigNode[]): ConfigNode {
  const name = textArgument(context, args)
  const value = context.env[name]
  if (value !== undefined) return stringNode(context, value)
  const fallback = args[1]
  if (fallback === undefined) {
    const hint = `Set it, or give a default: \${oc.env:${name},DEFAULT}.`
    throw failure(context, `needs the environment variable ${name}`, hint)
  }
  if (fallback.kind === 'scalar' && fallback.type === 'null') return fallback
  return stringNode(context, pythonTreeText(fallback))
}

function select(context: ResolverContext, args: readonly ConfigNode[]): ConfigNode {
  const found = keyArgument(context, args)
  if (found !== undefined && !isMissing(found)) return found
  return args[1] ?? scalarNode({ type: 'null', value: null }, context.node.origin)
}

function decode(context: ResolverContext, args: readonly ConfigNode[]): ConfigNode {
  const [value] = args
  if (value?.kind === 'scalar' && value.type === 'null') return value
  if (value?.kind !== 'scalar' || value.type !== 'string') {
    throw failure(context, 'gives oc.decode what is no text')
  }
  return context.decode(String(value.value))
}

/** A list or map as it is; a text is read as YAML. */
function create(context: ResolverContext, args: readonly ConfigNode[]): ConfigNode {
  const [value] = args
  if (value!.kind !== 'scalar') return value!
  const { origin } = context.node
  if (value!.type === 'null') return value!
  if (value!.type !== 'string') throw failure(context, 'creates a tree from a number')
  const tree = parseYaml(String(value!.value), describeOrigin(origin))
  if (tree.kind !== 'scalar') return tree
  return mapNode([[String(tree.value), scalarNode({ type: 'null', value: null }, origin)]], origin)
}

const MESSAGE = "'$OLD_KEY' is deprecated. Change your code and config to use '$NEW_KEY'"

function deprecated(context: ResolverContext, args: readonly ConfigNode[]): ConfigNode {
  const key = textArgument(context, args)
  const found = keyArgument(context, args)
  if (found === undefined) throw failure(context, `names '${key}', which does not exist`)
  const [, message] = args
  if (message !== undefined && (message.kind !== 'scalar' || message.type !== 'string')) {
    throw failure(context, 'gives oc.deprecated a message that is no text')
  }
  const old = context.path.join('.')
  const template = message === undefined ? MESSAGE : String(message.value)
  context.options.warn(
    template.replace(/\$\{?(OLD_KEY|NEW_KEY)\}?/g, (_all, name) =>
      name === 'OLD_KEY' ? old : key,
    ),
  )
  return found
}

function textArgument(context: ResolverContext, [first]: readonly ConfigNode[]): string {
  if (first?.kind === 'scalar' && first.type === 'string') return String(first.value)
  throw failure(context, 'has a resolver whose first argument is no text')
}

/** What a key given as text names; leading dots make it relative. */
function keyArgument(
  context: ResolverContext,
  args: readonly ConfigNode[],
): ConfigNode | undefined {
  const key = textArgument(context, args)
  const dots = /^\.*/.exec(key)![0].length
  const words = key
    .slice(dots)
    .replace(/\[([^\]]*)\]/g, '.$1')
    .split('.')
  return context.lookUp(
    dots,
    words.filter((word) => word !== ''),
  )
}

function mapArgument(context: ResolverContext, args: readonly ConfigNode[]) {
  const found = keyArgument(context, args)
  if (found?.kind === 'map') return found.entries
  const key = textArgument(context, args)
  throw failure(
    context,
    `asks for the entries of '${key}', which is ${found ? 'no map' : 'not there'}`,
  )
}
