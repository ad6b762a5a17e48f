import { AtelierError, nearestName } from '../core/index.ts'
import type { ConfigSource } from './config-source.ts'
import { type DefaultsItem, parseDefaults } from './defaults-item.ts'
import { describeOrigin, MISSING, type Origin } from './node.ts'
import { finalPackage, groupOf, joinGroup } from './package-path.ts'
import type { ConfigFile } from './yaml-file.ts'

/** A file of the final list and the package its content goes to. */
export interface Placement {
  readonly file: ConfigFile
  readonly package: string
}

/** A choice of the command line, or of an `override` entry: the group, and its option or null. */
export interface GroupChoice {
  readonly group: string
  readonly package: string | undefined
  readonly kind: 'change' | 'add' | 'delete'
  readonly options: readonly string[] | null
  readonly origin: Origin
}

interface Expansion {
  readonly source: ConfigSource
  /** Choices by group; the first one set wins, so outer files and the command line go first. */
  readonly choices: Map<string, GroupChoice>
  readonly used: Set<string>
  /** Group → option, for `${group}` in a defaults list. */
  readonly known: Map<string, string>
  readonly path: readonly string[]
}

interface Parent {
  readonly name: string
  readonly package: string
}

const ROOT: Parent = { name: '', package: '' }

/** The files of a composition in merge order. Throws CONFIG_UNKNOWN_OPTION and CONFIG_SYNTAX. */
export async function expandDefaults(
  source: ConfigSource,
  primary: string,
  cli: readonly GroupChoice[],
): Promise<Placement[]> {
  const additions = cli.filter(({ kind }) => kind === 'add')
  const changes = cli.filter(({ kind }) => kind !== 'add')
  const choices = new Map(
    changes.map((choice) => [choiceKey(choice.group, choice.package), choice]),
  )
  const file = await source.load(primary)
  if (file === undefined) throw noPrimary(source, primary)
  const items = [...withSelf(parseDefaults(file.defaults)), ...additions.map(asItem)]
  // an `override` entry may speak of a group that was expanded before it: then once more from the top
  for (;;) {
    const before = choices.size
    const expansion: Expansion = { source, choices, used: new Set(), known: new Map(), path: [] }
    const placements = await expandItems(expansion, file, items, ROOT)
    if (choices.size > before) continue
    const unused = [...choices].find(([key]) => !expansion.used.has(key))?.[1]
    if (unused !== undefined) throw unusedChoice(unused, expansion)
    return placements
  }
}

const choiceKey = (group: string, pkg: string | undefined) =>
  pkg === undefined ? group : `${group}@${pkg}`

const asItem = (choice: GroupChoice): DefaultsItem => ({
  kind: 'group',
  group: `/${choice.group}`,
  package: choice.package,
  options: choice.options,
  optional: false,
  override: false,
  origin: choice.origin,
})

/** Without `_self_` a file comes after its defaults: its own values win. */
function withSelf(items: readonly DefaultsItem[]): readonly DefaultsItem[] {
  return items.some(({ kind }) => kind === 'self') ? items : [...items, { kind: 'self' }]
}

async function expandItems(
  expansion: Expansion,
  file: ConfigFile,
  items: readonly DefaultsItem[],
  self: Parent,
): Promise<Placement[]> {
  for (const item of items) {
    if (item.kind === 'group' && item.override) recordOverride(expansion, item, self)
  }
  const placements: Placement[] = []
  for (const item of items) {
    if (item.kind === 'self') placements.push({ file, package: self.package })
    else if (item.kind === 'config') placements.push(...(await expandConfig(expansion, item, self)))
    else if (!item.override) placements.push(...(await expandGroup(expansion, item, self)))
  }
  return placements
}

type GroupItem = Extract<DefaultsItem, { kind: 'group' }>

function recordOverride(expansion: Expansion, item: GroupItem, self: Parent): void {
  const group = joinGroup(groupOf(self.name), item.group)
  const key = choiceKey(group, item.package)
  if (expansion.choices.has(key)) return
  const { package: pkg, options, origin } = item
  expansion.choices.set(key, { group, package: pkg, kind: 'change', options, origin })
}

async function expandGroup(
  expansion: Expansion,
  item: GroupItem,
  self: Parent,
): Promise<Placement[]> {
  const group = joinGroup(groupOf(self.name), item.group)
  const key = choiceKey(group, item.package)
  const choice = expansion.choices.get(key)
  if (choice !== undefined) expansion.used.add(key)
  if (choice?.kind === 'delete') return []
  const { options, origin } = choice ?? item
  const placements: Placement[] = []
  for (const written of options ?? []) {
    const option = substituteChoices(written, expansion)
    if (option === MISSING) throw await mustChoose(expansion, group, origin)
    expansion.known.set(group, option)
    const target = { name: `${group}/${option}`, written: item.package, optional: item.optional }
    placements.push(...(await expandFile(expansion, target, group, origin, self)))
  }
  return placements
}

async function expandConfig(
  expansion: Expansion,
  item: Extract<DefaultsItem, { kind: 'config' }>,
  self: Parent,
): Promise<Placement[]> {
  const name = joinGroup(groupOf(self.name), item.path)
  const target = { name, written: item.package, optional: item.optional }
  return await expandFile(expansion, target, groupOf(name), item.origin, self)
}

interface Target {
  readonly name: string
  readonly written: string | undefined
  readonly optional: boolean
}

async function expandFile(
  expansion: Expansion,
  { name, written, optional }: Target,
  group: string,
  origin: Origin,
  self: Parent,
): Promise<Placement[]> {
  if (expansion.path.includes(name)) {
    throw new AtelierError('CONFIG_SYNTAX', `${describeOrigin(origin)}: '${name}' includes itself.`)
  }
  const file = await expansion.source.load(name)
  if (file === undefined) {
    if (optional) return []
    throw await unknownOption(expansion.source, name, group, origin)
  }
  const pkg = finalPackage({ written, header: file.packageHeader, group, parent: self })
  const inner = { ...expansion, path: [...expansion.path, name] }
  return await expandItems(inner, file, withSelf(parseDefaults(file.defaults)), {
    name,
    package: pkg,
  })
}

/** `${model}_small`: the choices made so far stand in for their groups. */
function substituteChoices(option: string, { known }: Expansion): string {
  return option.replace(/\$\{([\w/]+)\}/g, (all, group: string) => known.get(group) ?? all)
}

function noPrimary(source: ConfigSource, primary: string): AtelierError {
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `Cannot find ${primary}.yaml in ${source.folders.join(' or ')}.`,
  )
}

async function mustChoose(
  { source }: Expansion,
  group: string,
  origin: Origin,
): Promise<AtelierError> {
  const options = await source.options(group)
  return new AtelierError(
    'CONFIG_MISSING_VALUE',
    `${describeOrigin(origin)}: '${group}' must be chosen.`,
    {
      hint: `Set ${group}= one of: ${options.join(', ')}.`,
    },
  )
}

async function unknownOption(
  source: ConfigSource,
  name: string,
  group: string,
  origin: Origin,
): Promise<AtelierError> {
  const options = await source.options(group)
  const option = name.slice(group === '' ? 0 : group.length + 1)
  const nearest = nearestName(option, options)
  const where = group === '' ? `file '${option}.yaml'` : `option '${option}' in group '${group}'`
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `${describeOrigin(origin)}: there is no ${where}.`,
    {
      hint: `${nearest ? `Did you mean '${nearest}'? ` : ''}There are: ${options.join(', ')}.`,
      data: { group, option, options },
    },
  )
}

function unusedChoice(choice: GroupChoice, { known }: Expansion): AtelierError {
  const nearest = nearestName(choice.group, known.keys())
  return new AtelierError(
    'CONFIG_UNKNOWN_OPTION',
    `${describeOrigin(choice.origin)}: group '${choice.group}' is not in the defaults list.`,
    {
      hint: nearest
        ? `Did you mean '${nearest}'?`
        : `To add it, write +${choice.group}=${choice.options?.[0] ?? 'OPTION'}.`,
    },
  )
}
