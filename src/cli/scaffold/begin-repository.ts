import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { initRepository } from '../../versioning/index.ts'
import type { Environment } from '../context.ts'

const run = promisify(execFile)

/** Whether a project got a repository of its own, is part of one, or has none: then the reason. */
export type RepositoryState =
  | { readonly kind: 'made' | 'within' }
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Makes a new folder a git repository, unless it lies in one, and begins to version data in it. Nothing
 * is committed. Where there is no git, neither is begun, which is no failure.
 */
export async function beginRepository(folder: string, env: Environment): Promise<RepositoryState> {
  const git = (...words: readonly string[]) => run('git', words, { cwd: folder, env })
  const isWithin = await git('rev-parse', '--is-inside-work-tree').then(
    () => true,
    () => false,
  )
  if (!isWithin) {
    try {
      await git('init', '-q', '-b', 'main')
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      return { kind: 'none', reason: code === 'ENOENT' ? 'git is not installed' : message.trim() }
    }
  }
  await initRepository(folder, { subfolder: true })
  return { kind: isWithin ? 'within' : 'made' }
}
