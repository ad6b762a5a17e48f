import { AtelierError } from '../core/index.ts'
import { type ConfigNode, describeOrigin, MISSING, type ScalarNode, scalarNode } from './node.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface ResolutionOptions {
  readonly now: Date
  /** Receives what `oc.deprecated` has to say. */
  readonly warn: (text: string) => void
}

/** A value in which `${…}` stands. */
export interface ReferencePlace {
  readonly node: ScalarNode
  readonly path: readonly string[]
}

/** What a resolver may ask for. */
export interface ResolverContext extends ReferencePlace {
  readonly env: Environment
  readonly options: ResolutionOptions
  /** The resolved node of a key, if there is one: from the root, or from as many levels up as dots. */
  readonly lookUp: (dots: number, words: readonly string[]) => ConfigNode | undefined
  /** The value of a text in the grammar of resolver arguments. */
  readonly decode: (text: string) => ConfigNode
}

export const isMissing = (node: ConfigNode) => node.kind === 'scalar' && node.value === MISSING

export function stringNode({ node }: ReferencePlace, value: string): ScalarNode {
  return scalarNode({ type: 'string', value }, node.origin)
}

/** CONFIG_INTERPOLATION for a value, saying where it was set. */
export function failure({ node, path }: ReferencePlace, what: string, hint?: string): AtelierError {
  const key = path.join('.')
  return new AtelierError(
    'CONFIG_INTERPOLATION',
    `${key}: '${node.value}' ${what} (${describeOrigin(node.origin)}).`,
    { ...(hint === undefined ? {} : { hint }), data: { key, value: node.value } },
  )
}
