import { readdir, readFile } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { type ConfigFile, parseConfigFile } from './yaml-file.ts'

export interface SearchFolder {
  /** Who put it into the search path. */
  readonly provider: string
  readonly folder: string
}

/** Folders that hold config trees; a file in an earlier one hides its namesake in the later ones. */
export class ConfigSource {
  readonly #folders: readonly string[]
  readonly #cwd: string
  readonly #files = new Map<string, ConfigFile | undefined>()

  constructor(folders: readonly string[], cwd: string) {
    this.#folders = [...new Set(folders.map((folder) => resolve(folder)))]
    this.#cwd = cwd
  }

  get folders(): readonly string[] {
    return this.#folders
  }

  /** The file `name`.yaml (`data/sketch`), or undefined when no folder has it. */
  async load(name: string): Promise<ConfigFile | undefined> {
    if (!this.#files.has(name)) this.#files.set(name, await this.#read(name))
    return this.#files.get(name)
  }

  /** Names of the options of a group, sorted; empty when there is no such group. */
  async options(group: string): Promise<string[]> {
    const entries = await this.#list(group)
    const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    return [...new Set(names.map(({ name }) => name.slice(0, -'.yaml'.length)))].sort()
  }

  /** Names of the top-level groups. */
  async groups(): Promise<string[]> {
    const folders = (await this.#list('')).filter((entry) => entry.isDirectory())
    return [...new Set(folders.map(({ name }) => name))]
  }

  async isGroup(name: string): Promise<boolean> {
    return (await this.#list(name)).length > 0
  }

  async #list(group: string) {
    const lists = this.#folders.map((folder) =>
      readdir(join(folder, group), { withFileTypes: true }).catch(() => []),
    )
    return (await Promise.all(lists)).flat()
  }

  async #read(name: string): Promise<ConfigFile | undefined> {
    for (const folder of this.#folders) {
      const path = join(folder, `${name}.yaml`)
      const text = await readIfPresent(path)
      if (text !== undefined) return parseConfigFile(text, this.#display(path))
    }
    return undefined
  }

  /** Relative where that is shorter to read: inside the working folder. */
  #display(path: string): string {
    const short = relative(this.#cwd, path)
    return short.startsWith('..') || isAbsolute(short) ? path : short
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined
    throw error
  }
}
