import { AtelierError } from '../core/index.ts'
import { type ComposeOptions, composeFiles, resolveTree } from './compose-config.ts'
import type { DefaultsNode } from './defaults-tree.ts'
import { removeAt } from './merge.ts'
import { type ConfigNode, mapNode, nodeAt, toPlain } from './node.ts'
import { toYaml } from './to-yaml.ts'

/** Which part of a composition: the task's own, Hydra's settings, or both. */
export type ConfigPart = 'job' | 'hydra' | 'all'

export interface ShownConfig {
  readonly value: unknown
  /** As Hydra's `--cfg` prints it. */
  readonly yaml: string
}

interface ShowOptions {
  readonly part: ConfigPart
  /** A dotted key: only what is below it. */
  readonly package?: string | undefined
  /** Whether to replace every `${…}`. */
  readonly resolve: boolean
}

/**
 * What files and overrides come to, not validated: values may be missing. Throws what composing throws,
 * and CONFIG_UNKNOWN_KEY for a package that is not there.
 */
export async function showConfig(
  overrides: readonly string[],
  options: ComposeOptions,
  { part, package: pkg, resolve }: ShowOptions,
): Promise<ShownConfig> {
  const { root } = await composeFiles(overrides, options)
  const tree = resolve ? resolveTree(root, options) : root
  const chosen = partOf(tree, part)
  if (pkg === undefined) return { value: toPlain(chosen), yaml: toYaml(chosen) }
  const node = nodeAt(chosen, pkg.split('.'))
  if (node === undefined) {
    throw new AtelierError('CONFIG_UNKNOWN_KEY', `There is no key '${pkg}' (--package ${pkg}).`, {
      hint: `There are: ${chosen.kind === 'map' ? [...chosen.entries.keys()].join(', ') : 'none'}.`,
      data: { key: pkg },
    })
  }
  return { value: toPlain(node), yaml: `# @package ${pkg}\n${toYaml(node)}` }
}

function partOf(tree: ConfigNode, part: ConfigPart): ConfigNode {
  if (part === 'all') return tree
  if (part === 'job') return removeAt(tree, ['hydra'])
  const hydra = nodeAt(tree, ['hydra'])!
  return mapNode([['hydra', hydra]], hydra.origin)
}

export interface DefaultsRow {
  /** `db/mysql`. */
  readonly path: string
  readonly package: string
  /** Whether the file has a defaults list, and this is its own content in it. */
  readonly self: boolean
  readonly parent: string | null
}

/** The files of a composition in merge order, as Hydra's `--info defaults` lists them. */
export async function listDefaults(
  overrides: readonly string[],
  options: ComposeOptions,
): Promise<readonly DefaultsRow[]> {
  const { placements } = await composeFiles(overrides, options)
  return placements.map(({ name, package: pkg, isSelf, parent }) => ({
    path: name,
    package: pkg,
    self: isSelf,
    parent: parent ?? null,
  }))
}

/** The same as a tree: a file with a defaults list ends in a colon, and what it lists follows indented. */
export async function defaultsTree(
  overrides: readonly string[],
  options: ComposeOptions,
): Promise<string> {
  const { tree } = await composeFiles(overrides, options)
  return treeLines(tree).join('\n')
}

function treeLines({ label, children }: DefaultsNode): string[] {
  if (children === undefined) return [label]
  const below = children.flatMap((child) => (child === 'self' ? ['_self_'] : treeLines(child)))
  return [`${label}:`, ...below.map((line) => `  ${line}`)]
}
