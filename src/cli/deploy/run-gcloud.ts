import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { AtelierError } from '../../core/index.ts'
import type { CommandContext } from '../context.ts'
import { shellLine } from '../shell-words.ts'

const PROGRAM = 'gcloud'

/** A call as it is typed. */
export const gcloudLine = (words: readonly string[]): string => shellLine([PROGRAM, ...words])

/**
 * Runs gcloud, whose progress goes to stderr, and gives what it printed. Ends with the command. Throws
 * TOOL_MISSING, DEPLOY_FAILED.
 */
export async function runGcloud(
  context: CommandContext,
  words: readonly string[],
): Promise<string> {
  const { cwd, env, stderr, signal } = context
  const child = spawn(PROGRAM, words, {
    ...{ cwd, env: { ...env }, signal, windowsHide: true },
    stdio: ['ignore', 'pipe', 'pipe'],
    // there it is a file of commands, which needs its interpreter; the words were looked at before
    shell: process.platform === 'win32',
  })
  child.stderr.pipe(stderr, { end: false })
  const output = text(child.stdout)
  output.catch(() => {})
  const [code] = await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? missing(error) : error
  })
  if (code === 0) return (await output).trim()
  throw new AtelierError('DEPLOY_FAILED', `gcloud ended with exit code ${code}.`, {
    hint: `What it says stands above. To repeat it alone: ${gcloudLine(words)}`,
    data: { exit_code: code, command: [PROGRAM, ...words] },
  })
}

function missing(cause: Error): AtelierError {
  return new AtelierError('TOOL_MISSING', 'There is no program `gcloud` on the PATH.', {
    hint: 'Install the Google Cloud CLI, or look at what would be run with --dry-run.',
    cause,
  })
}
