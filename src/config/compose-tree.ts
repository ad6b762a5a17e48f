import { AtelierError } from '../core/index.ts'
import { applyOverride } from './apply-override.ts'
import type { ConfigSource } from './config-source.ts'
import { expandDefaults, type GroupChoice } from './defaults-list.ts'
import { mergeNodes, wrapInPackage } from './merge.ts'
import { type ConfigNode, mapNode } from './node.ts'
import { type Override, sweepError } from './override.ts'
import { isSweep, type OverrideValue } from './override-value.ts'

/** Files and overrides merged into one tree, `${…}` still in it. Knows nothing of the schema. */
export async function composeTree(
  source: ConfigSource,
  primary: string,
  overrides: readonly Override[],
): Promise<ConfigNode> {
  const choices: GroupChoice[] = []
  const values: Override[] = []
  for (const override of overrides) {
    if (await choosesGroup(source, override)) choices.push(groupChoice(override))
    else values.push(override)
  }
  const placements = await expandDefaults(source, primary, choices)
  const empty: ConfigNode = mapNode([], { kind: 'file', file: `${primary}.yaml`, line: 1 })
  const merged = placements.reduce<ConfigNode>(
    (tree, { file, package: pkg }) => mergeNodes(tree, wrapInPackage(file.content, pkg)),
    empty,
  )
  const groups = await source.groups()
  return values.reduce((tree, override) => applyOverride(tree, override, groups), merged)
}

/** A key that names a folder of options chooses one of them, unless the value is a map. */
async function choosesGroup(source: ConfigSource, override: Override): Promise<boolean> {
  if (override.value?.kind === 'map' || override.key.includes('.')) return false
  return await source.isGroup(override.key)
}

function groupChoice(override: Override): GroupChoice {
  const { key: group, package: pkg, text } = override
  const origin = { kind: 'override', text } as const
  if (override.kind === 'delete') {
    return { group, package: pkg, kind: 'delete', options: null, origin }
  }
  if (override.kind === 'force') {
    throw new AtelierError('CONFIG_SYNTAX', `Override '${text}': a group cannot be set with ++.`, {
      hint: `Write ${group}=OPTION, or +${group}=OPTION when the defaults do not have it.`,
    })
  }
  const options = override.value === undefined ? null : optionNames(override.value, override)
  return { group, package: pkg, kind: override.kind, options, origin }
}

function optionNames(value: OverrideValue, override: Override): readonly string[] {
  if (value.kind === 'list') return value.items.flatMap((item) => optionNames(item, override))
  if (value.kind === 'scalar' && value.scalar.type !== 'null') return [String(value.scalar.value)]
  if (isSweep(value)) throw sweepError(override)
  throw new AtelierError('CONFIG_SYNTAX', `Override '${override.text}': an option is one name.`, {
    hint: `Several options are written ${override.key}=[a,b].`,
  })
}
