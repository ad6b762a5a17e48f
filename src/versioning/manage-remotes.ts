import { resolve } from 'node:path'
import { type ConfigLevel, configFiles } from './config/dvc-config.ts'
import {
  type ConfigEditor,
  type ConfigEntry,
  editConfig,
  pathInConfig,
} from './config/edit-config.ts'
import type { DataRepository } from './repository.ts'
import { versioningError } from './versioning-error.ts'

export interface RemoteEntry {
  readonly name: string
  readonly url: string
  readonly isDefault: boolean
}

/** The remotes of a repository in the order of their files. */
export function listRemotes({ config }: DataRepository): readonly RemoteEntry[] {
  const main = config.sections.get('core')?.get('remote')
  return [...config.remotes].map(([name, settings]) => ({
    name,
    url: String(settings.get('url') ?? ''),
    isDefault: name === main,
  }))
}

export interface AddRemoteOptions {
  readonly level?: ConfigLevel
  readonly isDefault?: boolean
  /** Replaces a remote of that name. */
  readonly force?: boolean
}

/** Adds a remote: a folder, relative to `cwd`, or an address. Throws DVC_CONFIG for a name that is taken. */
export async function addRemote(
  repository: DataRepository,
  name: string,
  url: string,
  cwd: string,
  { level = 'repo', isDefault = false, force = false }: AddRemoteOptions = {},
): Promise<void> {
  if (repository.config.remotes.has(name.toLowerCase()) && !force) {
    throw versioningError('DVC_CONFIG', `There is a remote '${name}' already.`, {
      hint: `Change it with \`atelier data remote modify ${name} url ${url}\`, or add --force.`,
    })
  }
  await edit(repository, level, (editor) => {
    if (isDefault) editor.set('core.remote', name.toLowerCase())
    editor.set(`remote.${name}.url`, urlText(repository, level, url, cwd))
  })
}

/** Sets a key of a remote; undefined removes it. */
export async function modifyRemote(
  repository: DataRepository,
  name: string,
  key: string,
  value: string | undefined,
  cwd: string,
  level: ConfigLevel = 'repo',
): Promise<void> {
  requireRemote(repository, name)
  const text = value !== undefined && key === 'url' ? urlText(repository, level, value, cwd) : value
  await edit(repository, level, (editor) => editor.set(`remote.${name}.${key}`, text))
}

export async function removeRemote(
  repository: DataRepository,
  name: string,
  level: ConfigLevel = 'repo',
): Promise<void> {
  requireRemote(repository, name)
  await edit(repository, level, (editor) => {
    editor.removeRemote(name)
    forgetDefault(editor.entries(), name, level, () => editor.set('core.remote', undefined))
  })
}

export async function renameRemote(
  repository: DataRepository,
  name: string,
  to: string,
  level: ConfigLevel = 'repo',
): Promise<void> {
  requireRemote(repository, name)
  await edit(repository, level, (editor) => {
    editor.renameRemote(name, to)
    forgetDefault(editor.entries(), name, level, () => editor.set('core.remote', to.toLowerCase()))
  })
}

export async function setDefaultRemote(
  repository: DataRepository,
  name: string,
  level: ConfigLevel = 'repo',
): Promise<void> {
  requireRemote(repository, name)
  await edit(repository, level, (editor) => editor.set('core.remote', name.toLowerCase()))
}

/** Sets a setting of any section; undefined removes it. */
export async function setSetting(
  repository: DataRepository,
  name: string,
  value: string | undefined,
  level: ConfigLevel = 'repo',
): Promise<void> {
  await edit(repository, level, (editor) => editor.set(name, value))
}

/** All settings with the level that each comes from, weakest first. */
export async function listSettings({
  dvcDir,
  env,
}: DataRepository): Promise<readonly ConfigEntry[]> {
  return (await editConfig(dvcDir, env, 'repo')).entries()
}

async function edit(
  { dvcDir, env }: DataRepository,
  level: ConfigLevel,
  change: (editor: ConfigEditor) => void,
): Promise<void> {
  const editor = await editConfig(dvcDir, env, level)
  change(editor)
  await editor.save()
}

function forgetDefault(
  entries: readonly ConfigEntry[],
  name: string,
  level: ConfigLevel,
  change: () => void,
): void {
  const isDefault = entries.some(
    (entry) =>
      entry.level === level &&
      entry.name === 'core.remote' &&
      entry.value.toLowerCase() === name.toLowerCase(),
  )
  if (isDefault) change()
}

function requireRemote({ config }: DataRepository, name: string): void {
  if (config.remotes.has(name.toLowerCase())) return
  const known = [...config.remotes.keys()]
  throw versioningError('DVC_NO_REMOTE', `There is no remote '${name}'.`, {
    hint:
      known.length === 0
        ? 'Add one: atelier data remote add NAME URL.'
        : `There are: ${known.join(', ')}.`,
    data: { remote: name, known },
  })
}

function urlText(
  { dvcDir, env }: DataRepository,
  level: ConfigLevel,
  url: string,
  cwd: string,
): string {
  if (/^\w+:\/\//.test(url) || url.startsWith('/') || url.startsWith('~')) return url
  return pathInConfig(configFiles(dvcDir, env)[level], resolve(cwd, url))
}
