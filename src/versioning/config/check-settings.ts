import { nearestName } from '../../core/index.ts'
import { versioningError } from '../versioning-error.ts'
import { remoteKeys, type SettingKind, type SettingKinds } from './config-keys.ts'

export type Setting = string | number | boolean | readonly string[]
export type Settings = ReadonlyMap<string, Setting>

const LINK_TYPES = ['reflink', 'hardlink', 'symlink', 'copy'] as const
export type LinkType = (typeof LINK_TYPES)[number]

/** Keys of all schemes, for a remote whose scheme is not known here: its address stands in another file. */
const anyRemote: SettingKinds = Object.assign({}, ...Object.values(remoteKeys).reverse())

/** Which settings a remote may have. Throws DVC_CONFIG for a scheme that DVC does not know. */
export function remoteKindsOf(
  name: string,
  url: string | readonly string[] | undefined,
): SettingKinds {
  if (typeof url !== 'string') return anyRemote
  const scheme = /^(\w+):\/\/./.exec(url)?.[1]?.toLowerCase() ?? ''
  if (scheme === 'remote') return anyRemote
  const kinds = remoteKeys[scheme]
  if (kinds !== undefined) return kinds
  throw versioningError(
    'DVC_CONFIG',
    `The remote '${name}' has an address of the kind '${scheme}://'.`,
    {
      hint: `Known kinds: ${Object.keys(remoteKeys).filter(Boolean).join(', ')}, or a path.`,
      data: { remote: name },
    },
  )
}

interface Place {
  readonly name: string
  readonly path: string
}

/** Reads a setting as its kind. Throws DVC_CONFIG, naming the setting and the file it stands in. */
export function checkSetting(
  value: string | readonly string[],
  kind: SettingKind | undefined,
  place: Place,
): Setting {
  if (kind === undefined) throw unknownSetting(place)
  if (kind === 'links') return linkTypes(value, place)
  const text = typeof value === 'string' ? value : value.join(',')
  const lower = text.toLowerCase()
  switch (kind) {
    case 'name':
      return lower
    case 'flag':
      if (lower === 'true' || lower === 'false') return lower === 'true'
      throw invalid(place, text, '`true` or `false`')
    case 'flag or text':
      return lower === 'true' || lower === 'false' ? lower === 'true' : text
    case 'count':
      if (/^\d+$/.test(text)) return Number(text)
      throw invalid(place, text, 'a whole number')
    case 'number':
      if (text !== '' && Number.isFinite(Number(text))) return Number(text)
      throw invalid(place, text, 'a number')
    case 'shared':
      if (lower === 'group') return lower
      throw invalid(place, text, '`group`')
    case 'auth':
      if (['basic', 'digest', 'custom'].includes(lower)) return lower
      throw invalid(place, text, '`basic`, `digest` or `custom`')
    default:
      return text
  }
}

function linkTypes(value: string | readonly string[], place: Place): readonly string[] {
  const types = (typeof value === 'string' ? value.split(',') : value).map((type) => type.trim())
  const bad = types.find((type) => !(LINK_TYPES as readonly string[]).includes(type))
  if (bad !== undefined) throw invalid(place, bad, `some of ${LINK_TYPES.join(', ')}`)
  return types
}

function unknownSetting({ name, path }: Place) {
  const known = Object.keys(anyRemote)
  const nearest = nearestName(name.split('.').at(-1)!, known)
  return versioningError('DVC_CONFIG', `${path} sets '${name}', which DVC does not know.`, {
    hint: nearest === undefined ? 'Remove it.' : `Did you mean '${nearest}'?`,
    data: { path, setting: name },
  })
}

function invalid({ name, path }: Place, got: string, wanted: string) {
  return versioningError('DVC_CONFIG', `'${name}' in ${path} is '${got}'; wanted ${wanted}.`, {
    hint: 'Change it with `atelier data config`.',
    data: { path, setting: name },
  })
}
