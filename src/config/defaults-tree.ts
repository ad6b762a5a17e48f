import { AtelierError } from '../core/index.ts'
import type { ConfigSource } from './config-source.ts'
import {
  includesItself,
  misplacedOverride,
  multipleValues,
  mustChoose,
  selfTwice,
  unknownOption,
} from './defaults-errors.ts'
import { type DefaultsItem, parseDefaults } from './defaults-item.ts'
import { describeOrigin, MISSING, type Origin } from './node.ts'
import { finalPackage, groupOf, joinGroup, overrideKey } from './package-path.ts'
import type { ConfigFile } from './yaml-file.ts'

/** What a defaults list, or an override, asks for: a file, or the option of a group. */
interface Request {
  readonly kind: 'config' | 'group'
  /** As written: relative to the group of the listing file unless it starts with `/`. */
  readonly written: string
  /** For a group; null: nothing is chosen. */
  readonly option: string | null
  readonly package: string | undefined
  readonly optional: boolean
  readonly origin: Origin
}

/** A file of the tree, or what stands in its place. */
export interface DefaultsNode {
  /** The path of the file without `.yaml`: `db/mysql`. */
  readonly name: string
  /** `db: mysql`, or the name of a file. */
  readonly label: string
  readonly package: string
  /** The group as overrides name it; undefined for a plain file. */
  readonly key: string | undefined
  /** Absent when nothing is chosen, when it was deleted, or when an optional file is not there. */
  readonly file: ConfigFile | undefined
  /** In order; absent for a file without a defaults list. */
  readonly children: readonly (DefaultsNode | 'self')[] | undefined
}

/** The choices of the command line and of `override` entries, and what the tree made of them. */
export interface Choices {
  /** By override key; the first one set wins, so the command line and outer files go first. */
  readonly chosen: Map<string, Choice>
  readonly deleted: ReadonlyMap<string, Deletion>
  /** Groups that `+group=option` adds to the primary file. */
  readonly added: readonly DefaultsItem[]
  readonly used: Set<string>
  /** Override key → option. */
  readonly known: Map<string, string | null>
  /** Where each of them was chosen. */
  readonly origins: Map<string, Origin>
}

export interface Choice {
  readonly options: string | readonly string[] | null
  readonly origin: Origin
  readonly external: boolean
}

export interface Deletion {
  /** Deletes only this option; undefined: whatever is chosen. */
  readonly option: string | undefined
  readonly origin: Origin
}

interface Parent {
  readonly name: string
  readonly group: string
  readonly package: string
}

interface Expansion {
  readonly source: ConfigSource
  readonly choices: Choices
  /** The files that led here. */
  readonly path: readonly string[]
  /** Below a `${…}` choice, where overrides come too late. */
  readonly deferred: boolean
}

/**
 * The tree of files below the primary one. Lists are read from their end, so that an `override` entry
 * is known before the group it speaks of, which stands above it.
 */
export async function expandTree(
  source: ConfigSource,
  primary: string,
  choices: Choices,
): Promise<DefaultsNode> {
  const origin: Origin = { kind: 'file', file: `${primary}.yaml`, line: 1 }
  const request: Request = {
    kind: 'config',
    written: primary,
    option: null,
    package: undefined,
    optional: false,
    origin,
  }
  const root: Parent = { name: '', group: '', package: '' }
  return expandRequest({ source, choices, path: [], deferred: false }, request, root)
}

async function expandRequest(
  expansion: Expansion,
  request: Request,
  parent: Parent,
): Promise<DefaultsNode> {
  const { source, choices } = expansion
  const place = placeOf(request, parent)
  const { name, group, key } = place
  const file =
    request.kind === 'group' && request.option === null ? undefined : await source.load(name)
  const pkg = packageOf(request, parent, group, file?.packageHeader)
  const label = request.kind === 'group' ? `${key}: ${request.option}` : name
  const node = { name, label, package: pkg, key, file: undefined, children: undefined }
  if (key !== undefined) {
    const deletion = choices.deleted.get(key)
    if (deletion !== undefined && [undefined, request.option].includes(deletion.option)) {
      choices.used.add(`~${key}`)
      return node
    }
    rememberChoice(choices, key, request)
    if (request.option === null) return node
  }
  if (name.endsWith(MISSING)) throw await mustChoose(source, key ?? name, group, request.origin)
  if (file === undefined) {
    if (request.optional) return node
    throw await unknownOption(source, name, group, request.origin)
  }
  if (expansion.path.includes(name)) throw includesItself(name, request.origin)
  const inner = { ...expansion, path: [...expansion.path, name] }
  const children = await expandItems(inner, file, { name, group, package: pkg })
  return { ...node, file, children }
}

/** The name of the file, its group, and how overrides call it. */
function placeOf(request: Request, parent: Parent) {
  const path = joinGroup(parent.group, request.written)
  if (request.kind === 'config') return { name: path, group: groupOf(path), key: undefined }
  const key = overrideKey(path, packageOf(request, parent, path, undefined))
  return { name: `${path}/${request.option}`, group: path, key }
}

function packageOf(request: Request, parent: Parent, group: string, header: string | undefined) {
  const relative = request.kind === 'group' ? request.written : groupOf(request.written)
  return finalPackage({ written: request.package, header, group, relative, parent: parent.package })
}

function rememberChoice(choices: Choices, key: string, { option, origin }: Request): void {
  const { known, origins } = choices
  const other = origins.get(key)
  if (other !== undefined && known.get(key) !== option) throw multipleValues(key, origin, other)
  known.set(key, option)
  origins.set(key, origin)
}

/** The entries of a file's list, `_self_` last where it is not written. */
async function expandItems(
  expansion: Expansion,
  file: ConfigFile,
  self: Parent,
): Promise<DefaultsNode['children']> {
  const { choices } = expansion
  const written = parseDefaults(file.defaults)
  const added = expansion.path.length === 1 ? choices.added : []
  if (written.length + added.length === 0) return undefined
  recordOverrides(expansion, written, self)
  const items = [...withSelf(written, file, added.length > 0), ...added]
  const entries: ('self' | DefaultsNode | Request)[] = []
  for (const item of items.toReversed()) {
    if (item.kind === 'self') entries.unshift('self')
    else if (!('override' in item && item.override)) {
      for (const request of requestsOf(item, choices, self).toReversed()) {
        const waits = (request.option ?? request.written).includes('${')
        entries.unshift(waits ? request : await expandRequest(expansion, request, self))
      }
    }
  }
  // `${group}` may speak of a choice that stands below it: those come when all others are known
  const children: (DefaultsNode | 'self')[] = []
  for (const entry of entries) {
    if (entry === 'self' || 'children' in entry) children.push(entry)
    else {
      const request = substituted(entry, choices.known)
      children.push(await expandRequest({ ...expansion, deferred: true }, request, self))
    }
  }
  return children.length === 0 ? undefined : children
}

/** Without `_self_` a file comes after its defaults; one that only overrides stands for itself. */
function withSelf(
  items: readonly DefaultsItem[],
  file: ConfigFile,
  hasMore: boolean,
): readonly DefaultsItem[] {
  const own = items.filter(({ kind }) => kind === 'self')
  if (own.length > 1) throw selfTwice(file.path)
  const onlyOverrides =
    items.length > 0 && items.every((item) => 'override' in item && item.override)
  return own.length === 1 || (onlyOverrides && !hasMore) ? items : [...items, { kind: 'self' }]
}

function recordOverrides(
  { choices, deferred }: Expansion,
  items: readonly DefaultsItem[],
  self: Parent,
): void {
  let last: string | undefined
  for (const item of items) {
    if (item.kind === 'self') continue
    const isOverride = item.kind === 'group' && item.override
    if (!isOverride && last !== undefined) throw misplacedOverride(last, item.origin)
    if (!isOverride) continue
    last = item.group
    const request = { ...item, written: item.group, option: null }
    const { key } = placeOf(request, self)
    if (deferred) throw misplacedOverride(key!, item.origin)
    if (!choices.chosen.has(key!)) {
      const { options, origin } = item
      choices.chosen.set(key!, { options, origin, external: false })
    }
  }
}

/** One request per option, and per file one. */
function requestsOf(
  item: Exclude<DefaultsItem, { kind: 'self' }>,
  { chosen, used }: Choices,
  self: Parent,
): Request[] {
  const { package: pkg, optional } = item
  const base = { package: pkg, optional, origin: item.origin }
  if (item.kind === 'config') return [{ kind: 'config', written: item.path, option: null, ...base }]
  const asked: Request = { kind: 'group', written: item.group, option: null, ...base }
  const { key } = placeOf(asked, self)
  const choice = chosen.get(key!)
  if (choice !== undefined) used.add(key!)
  const { options, origin } = choice ?? item
  if (options === null || typeof options === 'string')
    return [{ ...asked, option: options, origin }]
  return options.map((option) => {
    const written = `${item.group}/${option}`
    return { kind: 'config', written, option: null, ...base, origin }
  })
}

/** `${model}_small`: the choices made so far stand in for their groups. */
function substituted(request: Request, known: Choices['known']): Request {
  const fill = (text: string) =>
    text.replace(/\$\{([^}]+)\}/g, (_all, key: string) => {
      const option = known.get(key)
      if (typeof option === 'string') return option
      throw new AtelierError(
        'CONFIG_INTERPOLATION',
        `${describeOrigin(request.origin)}: '${text}' names the group '${key}', of which nothing is chosen.`,
        { hint: `There are: ${[...known.keys()].join(', ')}.` },
      )
    })
  const { written, option } = request
  return { ...request, written: fill(written), option: option === null ? null : fill(option) }
}
