import type { ConfigSource } from './config-source.ts'
import { chosenTwice, noPrimary, unusedChoice } from './defaults-errors.ts'
import type { DefaultsItem } from './defaults-item.ts'
import {
  type Choice,
  type Choices,
  type DefaultsNode,
  type Deletion,
  expandTree,
} from './defaults-tree.ts'
import type { Origin } from './node.ts'
import type { ConfigFile } from './yaml-file.ts'

/** A file of the final list and the package its content goes to. */
export interface Placement {
  readonly file: ConfigFile
  /** As Hydra names it: `db/mysql`. */
  readonly name: string
  readonly package: string
  /** Whether it has a defaults list, in which it stands as `_self_`. */
  readonly isSelf: boolean
  /** The name of the file that lists it; undefined for the primary one. */
  readonly parent: string | undefined
}

/** What a defaults list came to. */
export interface Defaults {
  /** In merge order. */
  readonly placements: readonly Placement[]
  /** The option of each group. */
  readonly choices: ReadonlyMap<string, string | null>
  readonly tree: DefaultsNode
}

/** A choice of the command line. */
export interface GroupChoice {
  /** `db`, or `db@package`. */
  readonly key: string
  readonly group: string
  readonly package: string | undefined
  readonly kind: 'change' | 'add' | 'delete'
  /** Several are merged in order; null for `~db`. */
  readonly options: string | readonly string[] | null
  readonly origin: Origin
}

/**
 * The files of a composition in merge order.
 * Throws CONFIG_UNKNOWN_OPTION, CONFIG_MISSING_VALUE, CONFIG_INTERPOLATION and CONFIG_SYNTAX.
 */
export async function expandDefaults(
  source: ConfigSource,
  primary: string,
  cli: readonly GroupChoice[],
): Promise<Defaults> {
  if ((await source.load(primary)) === undefined) throw await noPrimary(source, primary)
  const choices = choicesOf(cli)
  const tree = await expandTree(source, primary, choices)
  refuseUnused(choices)
  refuseTwice(tree)
  return {
    placements: flatten(tree, undefined),
    choices: new Map([...choices.known].reverse()),
    tree,
  }
}

function choicesOf(cli: readonly GroupChoice[]): Choices {
  const ofKind = (kind: GroupChoice['kind']) => cli.filter((choice) => choice.kind === kind)
  const chosen = ofKind('change').map(({ key, options, origin }): [string, Choice] => [
    key,
    { options, origin, external: true },
  ])
  const deleted = ofKind('delete').map(({ key, options, origin }): [string, Deletion] => [
    key,
    { option: typeof options === 'string' ? options : undefined, origin },
  ])
  return {
    chosen: new Map(chosen),
    deleted: new Map(deleted),
    added: ofKind('add').map(asItem),
    used: new Set(),
    known: new Map(),
    origins: new Map(),
  }
}

const asItem = (choice: GroupChoice): DefaultsItem => ({
  kind: 'group',
  group: `/${choice.group}`,
  package: choice.package,
  options: choice.options,
  optional: false,
  override: false,
  origin: choice.origin,
})

function refuseUnused({ chosen, deleted, used, known }: Choices): void {
  for (const [key, { options, origin, external }] of chosen) {
    if (used.has(key)) continue
    const option = external ? [options ?? []].flat().join(',') : undefined
    throw unusedChoice(key, origin, known.keys(), option)
  }
  for (const [key, { origin }] of deleted) {
    if (!used.has(`~${key}`)) throw unusedChoice(key, origin, known.keys(), undefined)
  }
}

function refuseTwice(tree: DefaultsNode): void {
  const seen = new Set<string>()
  const visit = ({ key, file, children }: DefaultsNode): void => {
    // a file that has a list of its own stands in it as `_self_`, without its group
    if (key !== undefined && file !== undefined && children === undefined) {
      if (seen.has(key)) throw chosenTwice(key)
      seen.add(key)
    }
    for (const child of children ?? []) if (child !== 'self') visit(child)
  }
  visit(tree)
}

function flatten(node: DefaultsNode, parent: string | undefined): Placement[] {
  const { file, name, package: pkg, children } = node
  if (file === undefined) return []
  const own = { file, name, package: pkg, parent }
  if (children === undefined) return [{ ...own, isSelf: false }]
  return children.flatMap((child) =>
    child === 'self' ? [{ ...own, isSelf: true }] : flatten(child, name),
  )
}
