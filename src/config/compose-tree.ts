import { AtelierError } from '../core/index.ts'
import { applyOverride } from './apply-override.ts'
import type { ConfigSource } from './config-source.ts'
import { type Defaults, expandDefaults, type GroupChoice } from './defaults-list.ts'
import { mergeNodes, wrapInPackage } from './merge.ts'
import { type ConfigNode, mapNode } from './node.ts'
import { type Override, sweepError } from './override.ts'
import { isSweep, type OverrideValue } from './override-value.ts'

/** What files and overrides came to, `${…}` still in it. */
export interface Composition extends Defaults {
  readonly root: ConfigNode
}

/** Files and overrides merged onto `base`, which no file can see. Knows nothing of the schema. */
export async function composeTree(
  source: ConfigSource,
  primary: string,
  overrides: readonly Override[],
  base?: ConfigNode,
): Promise<Composition> {
  const choices: GroupChoice[] = []
  const values: Override[] = []
  for (const override of overrides) {
    if (await choosesGroup(source, override)) choices.push(groupChoice(override))
    else values.push(override)
  }
  const defaults = await expandDefaults(source, primary, choices)
  const empty: ConfigNode = mapNode([], { kind: 'file', file: `${primary}.yaml`, line: 1 })
  const merged = defaults.placements.reduce<ConfigNode>(
    (tree, { file, package: pkg }) => mergeNodes(tree, wrapInPackage(file.content, pkg)),
    base ?? empty,
  )
  const groups = await source.groups()
  const root = values.reduce((tree, override) => applyOverride(tree, override, groups), merged)
  return { ...defaults, root }
}

/** A key that names a folder of options chooses one of them, unless the value is a map. */
async function choosesGroup(source: ConfigSource, override: Override): Promise<boolean> {
  if (override.value?.kind === 'map' || override.key.includes('.')) return false
  return override.key !== '' && (await source.isGroup(override.key))
}

function groupChoice(override: Override): GroupChoice {
  const { kind, key: group, package: pkg, text, value } = override
  const origin = { kind: 'override', text } as const
  const key = pkg === undefined ? group : `${group}@${pkg}`
  if (kind === 'force') {
    throw new AtelierError('CONFIG_SYNTAX', `Override '${text}': a group cannot be set with ++.`, {
      hint: `Write ${group}=OPTION, or +${group}=OPTION when the defaults do not have it.`,
    })
  }
  const isNull = value?.kind === 'scalar' && value.scalar.type === 'null'
  const nothing = kind === 'delete' && (value === undefined || isNull)
  const options = nothing ? null : optionNames(value!, override)
  return { key, group, package: pkg, kind, options, origin }
}

function optionNames(value: OverrideValue, override: Override): string | readonly string[] {
  if (value.kind === 'list' && override.kind !== 'delete') {
    return value.items.map((item) => optionName(item, override))
  }
  return optionName(value, override)
}

function optionName(value: OverrideValue, override: Override): string {
  if (value.kind === 'scalar' && value.scalar.type !== 'null') return String(value.scalar.value)
  if (isSweep(value)) throw sweepError(override)
  throw new AtelierError('CONFIG_SYNTAX', `Override '${override.text}': an option is one name.`, {
    hint: `Several options are written ${override.key}=[a,b].`,
  })
}
