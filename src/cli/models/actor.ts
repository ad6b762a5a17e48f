import { execFile } from 'node:child_process'
import { hostname, userInfo } from 'node:os'
import { promisify } from 'node:util'
import type { OptionSpec } from '../command.ts'

const execute = promisify(execFile)

export const actorOption = {
  type: 'string',
  description: 'Who does it. Default: the user of git, else of this machine.',
  placeholder: 'NAME',
} as const satisfies OptionSpec

/** Who a change is written down to: what was given, the user that git knows here, else `user@host`. */
export async function actorOf(cwd: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given
  const [name, email] = await Promise.all([gitSetting(cwd, 'name'), gitSetting(cwd, 'email')])
  if (name !== '') return email === '' ? name : `${name} <${email}>`
  return email === '' ? `${userName()}@${hostname()}` : email
}

async function gitSetting(cwd: string, key: string): Promise<string> {
  try {
    const { stdout } = await execute('git', ['config', '--get', `user.${key}`], { cwd })
    return stdout.trim()
  } catch {
    return ''
  }
}

/** A container may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'user')
  }
}

/** The name without the address, for tables. */
export const shortActor = (actor: string) => actor.replace(/ <[^>]*>$/, '')
