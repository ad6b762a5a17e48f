import { rm, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { stringify } from 'yaml'
import type { Config } from '../../contracts/index.ts'
import { digestOf, writeFileAtomic } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'
import { loadConfig } from '../load-config.ts'

export interface BestConfig {
  /** Relative to the working folder. */
  readonly path: string
  /** `+experiment=sweep-…`. */
  readonly override: string
}

/**
 * Writes what the overrides change as `conf/experiment/sweep-<id>.yaml`. Undefined, and no file,
 * where composing it does not give the same configuration: overrides may delete what no file can.
 */
export async function writeBestConfig(
  context: CommandContext,
  id: string,
  overrides: readonly string[],
  comment: string,
): Promise<BestConfig | undefined> {
  const { config } = await loadConfig(context, overrides)
  const path = join(context.cwd, 'conf', 'experiment', `sweep-${id}.yaml`)
  const override = `+experiment=sweep-${id}`
  const groups = await groupChoices(context, overrides)
  // a group that the defaults do not name cannot be chosen anew, but its values can be written
  for (const chosen of [groups, groups.filter(([group]) => group === 'data'), []]) {
    const words = chosen.map(([group, option]) => `${group}=${option}`)
    const base = (await loadConfig(context, words)).config
    await writeFileAtomic(path, experimentText(chosen, differences(base, config), comment))
    const composed = await loadConfig(context, [override]).catch(() => undefined)
    if (composed !== undefined && digestOf(composed.config) === digestOf(config)) {
      return { path: relative(context.cwd, path), override }
    }
  }
  await rm(path)
  return undefined
}

/** The overrides that choose an option of a group: `data=sketch`. */
async function groupChoices(context: CommandContext, overrides: readonly string[]) {
  const roots = [join(context.cwd, 'conf'), join(context.packageRoot, 'conf')]
  const isGroup = async (name: string) => {
    const found = await Promise.all(
      roots.map((root) => stat(join(root, name)).catch(() => undefined)),
    )
    return found.some((entry) => entry?.isDirectory())
  }
  const chosen = new Map<string, string>()
  for (const override of overrides) {
    const [, group, option] = /^([\w/-]+)=([\w/-]+)$/.exec(override) ?? []
    if (group !== undefined && (await isGroup(group))) chosen.set(group, option!)
  }
  return [...chosen]
}

type Tree = { [key: string]: unknown }

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The part of `wanted` that `base` has not. Lists are one value. */
function differences(base: Config | Tree, wanted: Config | Tree): Tree {
  const tree: Tree = {}
  for (const [key, value] of Object.entries(wanted)) {
    const before = (base as Tree)[key]
    if (digestOf(before ?? null) === digestOf(value) && before !== undefined) continue
    tree[key] = isTree(value) && isTree(before) ? differences(before, value) : value
  }
  return tree
}

function experimentText(
  groups: readonly (readonly [string, string])[],
  values: Tree,
  comment: string,
): string {
  const head = `# @package _global_\n# ${comment}\n`
  const defaults = groups.map(([group, option]) => ({ [`override /${group}`]: option }))
  const tree = groups.length === 0 ? values : { defaults, ...values }
  // YAML 1.1 quotes more: `yes` is a text here and a truth value there
  return Object.keys(tree).length === 0 ? head : `${head}${stringify(tree, { version: '1.1' })}`
}
