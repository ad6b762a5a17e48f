import { chmod } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { writeFileAtomic } from '../../core/index.ts'
import type { CommandContext, Environment } from '../context.ts'
import { shellLine } from '../shell-words.ts'

/**
 * The environment of a stage's command, in which `atelier` is this very program, however it was installed and
 * started. `scratch` is a folder of the repository for what can be made again.
 */
export async function stageEnvironment(
  { env, self }: Pick<CommandContext, 'env' | 'self'>,
  scratch: string,
): Promise<Environment> {
  const folder = join(scratch, 'bin')
  const isWindows = process.platform === 'win32'
  const path = join(folder, isWindows ? 'atelier.cmd' : 'atelier')
  const words = isWindows ? self.map((word) => `"${word}"`).join(' ') : shellLine(self)
  await writeFileAtomic(path, isWindows ? `@${words} %*\r\n` : `#!/bin/sh\nexec ${words} "$@"\n`)
  await chmod(path, 0o755)
  // Windows does not tell names of variables apart by case
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...env, [name]: [folder, env[name]].filter(Boolean).join(delimiter) }
}
