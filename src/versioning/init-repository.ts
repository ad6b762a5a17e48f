import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '../core/index.ts'
import { findGitRoot } from './ignore/git-ignore-file.ts'
import { findRepositoryRoot } from './repository.ts'
import { versioningError } from './versioning-error.ts'

export interface InitOptions {
  /** Does without git. */
  readonly noGit?: boolean
  /** Allows a folder within a git repository that is not its root. */
  readonly subfolder?: boolean
}

const GIT_IGNORE = '/config.local\n/tmp\n/cache\n'
const DVC_IGNORE = `# Patterns of files that versions of data leave out.
# A line is written as in .gitignore; it holds for this folder and those below.
`

/** Makes a folder a DVC repository. Throws DVC_REPOSITORY_EXISTS, and DVC_TARGET_INVALID outside of git's root. */
export async function initRepository(
  folder: string,
  { noGit = false, subfolder = false }: InitOptions = {},
): Promise<{ readonly root: string; readonly files: readonly string[] }> {
  const root = resolve(folder)
  if (findRepositoryRoot(root) === root) {
    throw versioningError('DVC_REPOSITORY_EXISTS', `${root} is a DVC repository already.`, {
      hint: 'Nothing needs to be made.',
    })
  }
  const gitRoot = findGitRoot(root)
  if (!noGit && gitRoot === undefined) {
    throw versioningError('DVC_TARGET_INVALID', `${root} is in no git repository.`, {
      hint: 'Run `git init` first, or do without git: --no-scm.',
    })
  }
  if (!noGit && gitRoot !== root && !subfolder) {
    throw versioningError(
      'DVC_TARGET_INVALID',
      `${root} is not the root of its git repository, ${gitRoot}.`,
      {
        hint: 'Run the command there, or add --subdir.',
      },
    )
  }
  const dvcDir = join(root, '.dvc')
  await mkdir(join(dvcDir, 'tmp'), { recursive: true })
  await writeFileAtomic(join(dvcDir, 'config'), noGit ? '[core]\n    no_scm = True\n' : '')
  const files = [join(dvcDir, 'config')]
  if (!noGit) {
    await writeFileAtomic(join(dvcDir, '.gitignore'), GIT_IGNORE)
    files.push(join(dvcDir, '.gitignore'))
  }
  if (!existsSync(join(root, '.dvcignore'))) {
    await writeFileAtomic(join(root, '.dvcignore'), DVC_IGNORE)
    files.push(join(root, '.dvcignore'))
  }
  return { root, files }
}
