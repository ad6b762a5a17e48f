import { dirname, isAbsolute, relative, sep } from 'node:path'
import { writeFileAtomic } from '../../core/index.ts'
import { versioningError } from '../versioning-error.ts'
import {
  CONFIG_LEVELS,
  type ConfigLevel,
  configFiles,
  type DvcConfig,
  type Environment,
  mergeConfig,
  readConfigFile,
} from './dvc-config.ts'
import {
  formatIni,
  type IniFile,
  iniValues,
  removeIniSection,
  renameIniSection,
  setIniValue,
} from './ini-file.ts'

/** A setting as its file has it. */
export interface ConfigEntry {
  readonly level: ConfigLevel
  /** `core.remote`, `remote.NAME.url`. */
  readonly name: string
  readonly value: string
}

export interface ConfigEditor {
  /** All settings, weakest level first. */
  entries(): readonly ConfigEntry[]
  /** Undefined removes the setting. */
  set(name: string, value: string | undefined): void
  removeRemote(name: string): void
  renameRemote(from: string, to: string): void
  /** Writes the level's file when all levels together are what DVC takes, else throws DVC_CONFIG. */
  save(): Promise<DvcConfig>
}

/** Changes the file of one level; its comments and order stay. */
export async function editConfig(
  dvcDir: string,
  env: Environment,
  level: ConfigLevel,
): Promise<ConfigEditor> {
  const paths = configFiles(dvcDir, env)
  const files = new Map<ConfigLevel, IniFile>()
  for (const one of CONFIG_LEVELS) files.set(one, await readConfigFile(paths[one]))
  const change = (edit: (file: IniFile) => IniFile) =>
    void files.set(level, edit(files.get(level)!))
  return {
    entries: () => CONFIG_LEVELS.flatMap((one) => entriesOf(one, files.get(one)!)),
    set(name, value) {
      const { section, key } = splitName(name)
      change((file) => setIniValue(file, section, key, value))
    },
    removeRemote: (name) => change((file) => removeIniSection(file, remoteSection(name))),
    renameRemote: (from, to) =>
      change((file) => renameIniSection(file, remoteSection(from), remoteSection(to))),
    async save() {
      const merged = mergeConfig(CONFIG_LEVELS.map((one) => [paths[one], files.get(one)!] as const))
      await writeFileAtomic(paths[level], formatIni(files.get(level)!))
      return merged
    },
  }
}

function entriesOf(level: ConfigLevel, file: IniFile): ConfigEntry[] {
  return [...iniValues(file)].flatMap(([section, values]) =>
    [...values].map(([key, value]) => ({
      level,
      name: `${section.replace(/^(\w+)\s*"(.*)"$/, '$1.$2')}.${key}`,
      value: typeof value === 'string' ? value : value.join(','),
    })),
  )
}

const remoteSection = (name: string) => `remote "${name.toLowerCase()}"`

/** `core.remote`, `remote.NAME.key`; a remote's name may have dots. */
function splitName(name: string): { readonly section: string; readonly key: string } {
  const [, remote, own] = /^remote\.(.+)\.([^.]+)$/i.exec(name) ?? []
  if (remote !== undefined) return { section: remoteSection(remote), key: own!.toLowerCase() }
  const [section, key, ...rest] = name.toLowerCase().split('.')
  if (section && key && rest.length === 0) return { section, key }
  throw versioningError('DVC_CONFIG', `'${name}' is no name of a setting.`, {
    hint: 'Write section.key, such as core.remote or remote.NAME.url.',
  })
}

/** An address as it is written into a file: a folder relative to the file's own. `path` is absolute. */
export function pathInConfig(file: string, path: string): string {
  if (/^\w+:\/\//.test(path) || !isAbsolute(path)) return path
  return relative(dirname(file), path).split(sep).join('/')
}
