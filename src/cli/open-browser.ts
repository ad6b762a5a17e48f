import { spawn } from 'node:child_process'
import type { Logger } from '../core/index.ts'

const commands: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Hands an address to the system's browser. Says so where there is none, and goes on. */
export function openBrowser(url: string, logger: Logger): void {
  const [command, ...args] = commands[process.platform] ?? ['xdg-open']
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => logger.warn(`no browser could be started; open ${url}`))
  child.unref()
}
