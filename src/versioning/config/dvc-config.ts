import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { versioningError } from '../versioning-error.ts'
import { checkSetting, remoteKindsOf, type Settings } from './check-settings.ts'
import { NAMED_SECTION, sectionKeys } from './config-keys.ts'
import { type IniFile, iniValues, parseIni } from './ini-file.ts'

export const CONFIG_LEVELS = ['system', 'global', 'repo', 'local'] as const
export type ConfigLevel = (typeof CONFIG_LEVELS)[number]

export type Environment = Readonly<Record<string, string | undefined>>

/** The merged settings: of sections by `section.key`, of remotes by name. Paths are absolute. */
export interface DvcConfig {
  readonly sections: ReadonlyMap<string, Settings>
  readonly remotes: ReadonlyMap<string, Settings>
}

/** Where each level's file lies, whether it exists or not. */
export function configFiles(
  dvcDir: string,
  env: Environment,
): Readonly<Record<ConfigLevel, string>> {
  return {
    system: join(env['DVC_SYSTEM_CONFIG_DIR'] ?? systemDir(env), 'config'),
    global: join(env['DVC_GLOBAL_CONFIG_DIR'] ?? globalDir(env), 'config'),
    repo: join(dvcDir, 'config'),
    local: join(dvcDir, 'config.local'),
  }
}

function globalDir(env: Environment): string {
  const home = env['HOME'] || homedir()
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'iterative', 'dvc')
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'dvc')
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'dvc')
}

function systemDir(env: Environment): string {
  if (process.platform === 'win32')
    return join(env['PROGRAMDATA'] ?? 'C:\\ProgramData', 'iterative', 'dvc')
  if (process.platform === 'darwin') return '/Library/Application Support/dvc'
  return join(env['XDG_CONFIG_DIRS']?.split(':')[0] || '/etc/xdg', 'dvc')
}

/** Reads one file; an empty one where there is none. Throws DVC_CONFIG. */
export async function readConfigFile(path: string): Promise<IniFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw versioningError('DVC_CONFIG', `${path} cannot be read (${error.code}).`, {
      hint: 'Check owner and rights of the file.',
      cause: error,
    })
  })
  return parseIni(text, path)
}

/** Merges the levels, the later over the earlier. Throws DVC_CONFIG for what DVC refuses. */
export async function loadDvcConfig(dvcDir: string, env: Environment): Promise<DvcConfig> {
  const files = configFiles(dvcDir, env)
  const levels: [string, IniFile][] = []
  for (const level of CONFIG_LEVELS) levels.push([files[level], await readConfigFile(files[level])])
  return mergeConfig(levels)
}

/** `levels`: each file with its path, the weakest first. */
export function mergeConfig(
  levels: readonly (readonly [path: string, file: IniFile])[],
): DvcConfig {
  const sections = new Map<string, Map<string, string | readonly string[]>>()
  const remotes = new Map<string, Map<string, string | readonly string[]>>()
  const origins = new Map<string, string>()
  for (const [path, file] of levels) {
    for (const [section, values] of iniValues(file)) {
      const [, kind, name] = NAMED_SECTION.exec(section) ?? []
      if (kind === 'machine' || kind === 'db') continue
      const target = kind === 'remote' ? remotes : sections
      const id = kind === 'remote' ? name! : section
      const merged = target.get(id) ?? new Map()
      target.set(id, merged)
      for (const [key, value] of values) {
        merged.set(
          key,
          kind === 'remote' || section === 'cache' ? absolute(path, section, key, value) : value,
        )
        origins.set(`${section}.${key}`, path)
      }
    }
  }
  const checked = new Map(
    [...sections].map(([name, values]) => [name, checkSection(name, values, origins)]),
  )
  return { sections: checked, remotes: checkRemotes(remotes, origins) }
}

type RawSettings = ReadonlyMap<string, string | readonly string[]>

function checkSection(
  name: string,
  values: RawSettings,
  origins: ReadonlyMap<string, string>,
): Settings {
  const kinds = sectionKeys[name]
  const path = () => [...values.keys()].map((key) => origins.get(`${name}.${key}`)).find(Boolean)
  if (kinds === undefined) throw unknownSection(name, path() ?? 'the configuration')
  return checkAll(values, kinds, (key) => ({
    name: `${name}.${key}`,
    path: origins.get(`${name}.${key}`)!,
  }))
}

function checkRemotes(
  remotes: ReadonlyMap<string, RawSettings>,
  origins: ReadonlyMap<string, string>,
): Map<string, Settings> {
  const checked = new Map<string, Settings>()
  for (const [name, values] of remotes) {
    const section = `remote "${name}"`
    const place = (key: string) => ({
      name: `remote.${name}.${key}`,
      path: origins.get(`${section}.${key}`) ?? 'the configuration',
    })
    checked.set(name, checkAll(values, remoteKindsOf(name, values.get('url')), place))
  }
  return checked
}

function checkAll(
  values: RawSettings,
  kinds: Readonly<Record<string, Parameters<typeof checkSetting>[1]>>,
  place: (key: string) => { readonly name: string; readonly path: string },
): Settings {
  return new Map(
    [...values].map(([key, value]) => [key, checkSetting(value, kinds[key], place(key))]),
  )
}

function unknownSection(name: string, path: string) {
  return versioningError(
    'DVC_CONFIG',
    `${path} has a section [${name}], which DVC does not know.`,
    {
      hint: `Sections are ${Object.keys(sectionKeys).join(', ')} and remote "NAME".`,
      data: { path, section: name },
    },
  )
}

function absolute(file: string, section: string, key: string, value: string | readonly string[]) {
  const kinds = section === 'cache' ? sectionKeys['cache']! : remoteKindsOf(section, undefined)
  return kinds[key] === 'path' && typeof value === 'string' ? resolvePath(file, value) : value
}

/** A path of a configuration file, from the folder of that file on; an address stays as it is. */
function resolvePath(file: string, path: string): string {
  if (/^\w+:\/\//.test(path) || isAbsolute(path)) return path
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return resolve(dirname(file), path)
}
