/** Repositories of data versions for tests, changed by our command or by the real DVC. */
import { execFile, execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type AtelierHost, startHost } from './atelier-host.ts'
import type { Finished } from './atelier-process.ts'
import { type DvcHost, startDvcHost } from './dvc-host.ts'

const run = promisify(execFile)
export const python = process.env['PYTHON'] || 'python3'

export function hasDvc(): boolean {
  try {
    execFileSync(python, ['-c', 'import dvc'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Files by path; a folder with nothing in it ends in `/`. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** Names that are awkward somewhere: for JSON, for YAML, for the order of code points, for patterns. */
export const oddFiles: Files = {
  'plain.txt': 'plain\n',
  empty: '',
  'ü/ß 😀.txt': 'astral',
  'ü/\ufb01.txt': 'above the surrogates',
  'a b/c  d.txt': 'spaces',
  'quo\'te".txt': 'quotes',
  'back\\slash': 'backslash',
  'tab\there': 'tab',
  'deep/er/est/file': 'deep',
  '[x]*?.txt': 'pattern',
  '-dash': 'dash',
  'crlf.txt': 'a\r\nb\r\n',
  binary: new Uint8Array(3000).map((_, at) => (at * 7) % 256),
  'twin-1': 'twin',
  'twin-2': 'twin',
  'nothing/in/it/': '',
}

export async function writeFiles(root: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name)
    await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true })
    if (!name.endsWith('/')) await writeFile(path, content)
  }
}

/** All files below a folder with their bytes in hex; links count as what they lead to. */
export async function readFiles(root: string): Promise<Record<string, string>> {
  const names = await readdir(root, { recursive: true })
  const files: Record<string, string> = {}
  for (const name of names.sort()) {
    const path = join(root, name)
    if ((await stat(path)).isFile()) files[name] = (await readFile(path)).toString('hex')
  }
  return files
}

/** The modes of all objects of a cache or a remote, each once. */
export async function objectModes(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true })
  const modes = new Set<string>()
  for (const name of names) {
    const { mode, isFile } = await stat(join(root, name)).then((s) => ({
      mode: s.mode,
      isFile: s.isFile(),
    }))
    if (isFile) modes.add((mode & 0o777).toString(8))
  }
  return [...modes]
}

/** Where the commands of both sides run. */
export interface Hosts {
  readonly atelier: AtelierHost
  readonly dvc: DvcHost
  stop(): Promise<void>
}

export function startHosts(): Hosts {
  const [atelier, dvc] = [startHost(), startDvcHost(python)]
  const stop = async () => {
    await Promise.all([atelier.stop(), dvc.stop()])
  }
  return { atelier, dvc, stop }
}

export interface Project {
  readonly hosts: Hosts
  readonly root: string
  path(...parts: string[]): string
  text(name: string): Promise<string>
  /** Our command, `atelier data …`; fails when it does. */
  ours(...args: string[]): Promise<string>
  /** Our command, whatever comes of it. */
  try(...args: string[]): Promise<Finished>
  /** The real DVC; fails when it does. */
  dvc(...args: string[]): Promise<string>
  git(...args: string[]): Promise<string>
}

/** A folder with a git repository; nothing of the user's own settings is read. */
export async function createProject(
  folder: string,
  hosts: Hosts,
  more: NodeJS.ProcessEnv = {},
): Promise<Project> {
  await mkdir(folder, { recursive: true })
  const env = {
    PATH: process.env['PATH'],
    HOME: join(folder, '.home'),
    GIT_CONFIG_NOSYSTEM: '1',
    DVC_NO_ANALYTICS: '1',
    DVC_GLOBAL_CONFIG_DIR: join(folder, '.home'),
    DVC_SYSTEM_CONFIG_DIR: join(folder, '.home'),
    DVC_SITE_CACHE_DIR: join(folder, '.home/site'),
    ...more,
  }
  const attempt = (...args: string[]) => hosts.atelier.run(folder, ['data', ...args], env)
  const project: Project = {
    hosts,
    root: folder,
    path: (...parts) => join(folder, ...parts),
    text: (name) => readFile(join(folder, name), 'utf8'),
    try: attempt,
    async ours(...args) {
      const { code, stdout, stderr } = await attempt(...args)
      if (code !== 0) throw new Error(`atelier data ${args.join(' ')}: ${code}\n${stderr}`)
      return stdout
    },
    async dvc(...args) {
      const { code, stdout, stderr } = await hosts.dvc.run(folder, args, env)
      if (code !== 0) throw new Error(`dvc ${args.join(' ')}: ${code}\n${stderr}`)
      return stdout
    },
    git: async (...args) => (await run('git', args, { cwd: folder, env })).stdout,
  }
  await project.git('init', '-q', '.')
  return project
}

/** Another checkout of what git would hold: the same settings and `.dvc` files, and no data. */
export async function cloneProject(
  from: Project,
  root: string,
  more: NodeJS.ProcessEnv = {},
): Promise<Project> {
  const copy = await createProject(root, from.hosts, more)
  const names = await readdir(from.root, { recursive: true })
  const wanted = names.filter((name) =>
    /(?:\.dvc|\.gitignore|\.dvcignore|\.dvc\/config)$/.test(name),
  )
  for (const name of wanted) {
    if (!(await stat(from.path(name))).isFile()) continue
    await mkdir(dirname(copy.path(name)), { recursive: true })
    await writeFile(copy.path(name), await readFile(from.path(name)))
  }
  return copy
}

export async function makeExecutable(path: string): Promise<void> {
  await chmod(path, 0o755)
}

export async function makeLink(target: string, path: string): Promise<void> {
  await symlink(target, path)
}
