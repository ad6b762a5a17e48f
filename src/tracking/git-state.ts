import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { RunRecord } from '../contracts/index.ts'

const execute = promisify(execFile)
/** A working copy with megabytes of changes is not described by its diff. */
const LARGEST_DIFF = 2 ** 24

export interface GitState {
  readonly git: NonNullable<RunRecord['git']>
  /** The changes since the commit, as `git diff HEAD` prints them; empty when there are none. */
  readonly diff: string
}

/** The commit that `folder` stands at; undefined outside a repository, without git, or before the first commit. */
export async function gitState(folder: string): Promise<GitState | undefined> {
  const git = async (...words: readonly string[]) => {
    const { stdout } = await execute('git', words, { cwd: folder, maxBuffer: LARGEST_DIFF })
    return stdout
  }
  try {
    const commit = (await git('rev-parse', 'HEAD')).trim()
    const [branch, remote, status, diff] = await Promise.all([
      git('symbolic-ref', '--short', '-q', 'HEAD').catch(() => ''),
      git('config', '--get', 'remote.origin.url').catch(() => ''),
      git('status', '--porcelain'),
      git('diff', 'HEAD', '--binary').catch(() => ''),
    ])
    return {
      git: {
        commit,
        branch: branch.trim() || null,
        remote: withoutPassword(remote.trim()) || null,
        dirty: status.trim() !== '',
      },
      diff,
    }
  } catch {
    return undefined
  }
}

/** `https://user:token@host/…` is a common way to give a build machine access. */
const withoutPassword = (url: string) => url.replace(/\/\/[^/@]*@/, '//')
