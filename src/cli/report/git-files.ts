import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const LARGEST_FILE = 2 ** 24

/** The commit that a name means in the repository of `cwd`; undefined where it means none, or there is no git. */
export async function commitOf(cwd: string, name: string): Promise<string | undefined> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  try {
    return (await execute('git', words, { cwd })).stdout.trim()
  } catch {
    return undefined
  }
}

/** A file as it stands at a commit, by its path from `cwd`; undefined where it is not there. */
export async function fileAtCommit(
  cwd: string,
  commit: string,
  path: string,
): Promise<string | undefined> {
  const object = `${commit}:./${path.replaceAll('\\', '/')}`
  try {
    return (await execute('git', ['show', object], { cwd, maxBuffer: LARGEST_FILE })).stdout
  } catch {
    return undefined
  }
}
