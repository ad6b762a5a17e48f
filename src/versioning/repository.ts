import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import {
  type Clock,
  type Logger,
  type Progress,
  silentLogger,
  silentProgress,
  systemClock,
} from '../core/index.ts'
import type { LinkType } from './config/check-settings.ts'
import { type DvcConfig, type Environment, loadDvcConfig } from './config/dvc-config.ts'
import { linkTypesOf, textSetting } from './config/read-settings.ts'
import { createFilePool, type FilePool } from './files/file-pool.ts'
import { findGitRoot } from './ignore/git-ignore-file.ts'
import { versioningError } from './versioning-error.ts'

/** What a repository needs of the world outside. */
export interface DataHost {
  readonly env: Environment
  readonly clock?: Clock
  readonly logger?: Logger
  readonly progress?: Progress
  readonly signal?: AbortSignal | undefined
  /** The compiled `main/file-thread.js`; without it all work is done in the calling thread. */
  readonly threadFile?: URL | string | undefined
}

/** A DVC repository: the folder that holds `.dvc`. All paths are absolute. */
export interface DataRepository {
  readonly root: string
  readonly dvcDir: string
  /** `.dvc/tmp`: locks, and what can be made again. */
  readonly tmp: string
  /** Our own part of `tmp`. */
  readonly scratch: string
  /** Folder of the cache; objects lie in `files/md5` below it. */
  readonly cache: string
  readonly config: DvcConfig
  readonly links: readonly LinkType[]
  /** Folder that git works in; undefined without git or with `core.no_scm`. */
  readonly gitRoot: string | undefined
  readonly env: Environment
  readonly clock: Clock
  readonly logger: Logger
  readonly progress: Progress
  readonly signal: AbortSignal | undefined
  readonly pool: FilePool
  /** Ends the threads. */
  close(): Promise<void>
}

/** The nearest folder from `start` up that holds `.dvc`; undefined outside of a repository. */
export function findRepositoryRoot(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (isFolder(join(folder, '.dvc'))) return folder
    if (dirname(folder) === folder) return undefined
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** Opens the repository that `start` is in. Throws DVC_NO_REPOSITORY and DVC_CONFIG. */
export async function openRepository(start: string, host: DataHost): Promise<DataRepository> {
  const root = findRepositoryRoot(start)
  if (root === undefined) {
    throw versioningError('DVC_NO_REPOSITORY', `${resolve(start)} is in no DVC repository.`, {
      hint: 'Make one with `atelier data init`.',
    })
  }
  const dvcDir = join(root, '.dvc')
  const config = await loadDvcConfig(dvcDir, host.env)
  const noGit = config.sections.get('core')?.get('no_scm') === true
  const jobs = config.sections.get('core')?.get('checksum_jobs')
  const pool = createFilePool({
    file: host.threadFile,
    threads: typeof jobs === 'number' && jobs > 0 ? jobs : undefined,
  })
  return {
    ...{ root, dvcDir, config, pool },
    tmp: join(dvcDir, 'tmp'),
    scratch: join(dvcDir, 'tmp', 'atelier'),
    cache: textSetting(config, 'cache', 'dir') ?? join(dvcDir, 'cache'),
    links: linkTypesOf(config),
    gitRoot: noGit ? undefined : findGitRoot(root),
    env: host.env,
    clock: host.clock ?? systemClock,
    logger: host.logger ?? silentLogger,
    progress: host.progress ?? silentProgress,
    signal: host.signal,
    close: () => pool.close(),
  }
}

/** A path in the repository, relative to its root, parts separated by `/`; undefined for what is outside. */
export function repositoryPath(
  { root }: Pick<DataRepository, 'root'>,
  path: string,
): string | undefined {
  const inner = relative(root, path)
  if (inner.startsWith('..') || resolve(root, inner) !== path) return undefined
  return inner.split(sep).join('/')
}

export function pathExists(path: string): boolean {
  return existsSync(path)
}
