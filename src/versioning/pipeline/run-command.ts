import { type ChildProcess, spawn } from 'node:child_process'
import { basename } from 'node:path'
import type { Writable } from 'node:stream'

/** After the request to stop, before it is forced. */
const GRACE_MS = 30_000

export interface CommandOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where the command's standard output goes; its errors go to ours. */
  readonly output: 'stdout' | 'stderr'
  readonly signal: AbortSignal
  /** Called with the process id before the command begins. */
  readonly onStart: (pid: number) => Promise<void>
}

/** The lines of a command; each is run in a shell of its own, as DVC does. */
export function commandLines(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string'
    ? command.split(/\r\n|\r|\n/).filter((line) => line !== '')
    : command
}

/**
 * Runs one line in the user's shell and gives its exit code; null when a signal ended it. It leads a group
 * of processes of its own, which is interrupted when `signal` aborts, and killed when this process ends.
 */
export async function runLine(line: string, options: CommandOptions): Promise<number | null> {
  const { cwd, env, output, signal, onStart } = options
  const isWindows = process.platform === 'win32'
  const [program, args] = isWindows
    ? [line, []]
    : gated(shellWords(env['SHELL'] || '/bin/sh', line))
  const child = spawn(program, args, {
    cwd,
    env: { ...env },
    shell: isWindows,
    stdio: ['ignore', output === 'stdout' ? 'inherit' : 2, 'inherit', 'pipe'],
    detached: !isWindows,
    windowsHide: true,
  })
  const ended = new Promise<number | null>((done, fail) => {
    child.on('error', fail)
    child.on('exit', done)
  })
  const stopWatching = stopWith(child, signal)
  try {
    if (child.pid !== undefined) await onStart(child.pid)
    const gate = child.stdio[3] as Writable
    // it may have been interrupted meanwhile
    gate.on('error', () => {})
    gate.end('go\n')
    return await ended
  } finally {
    stopWatching()
  }
}

/**
 * Waits for a word from us before it becomes the command, so that nothing runs whose process is not noted: when we
 * are killed before, it ends.
 */
function gated([program, args]: readonly [string, readonly string[]]): [string, string[]] {
  return ['/bin/sh', ['-c', 'read -r go <&3 || exit 1; exec "$@" 3<&-', 'sh', program, ...args]]
}

/** Without the shell's own start files, which may change what a command does. */
function shellWords(shell: string, line: string): [string, string[]] {
  const name = basename(shell).toLowerCase()
  if (name === 'zsh') return [shell, ['--no-rcs', '-c', line]]
  if (name === 'bash') return [shell, ['--noprofile', '--norc', '-c', line]]
  return name === 'fish' ? [shell, ['--no-config', '-c', line]] : [shell, ['-c', line]]
}

function stopWith(child: ChildProcess, signal: AbortSignal): () => void {
  const { pid } = child
  if (pid === undefined) return () => {}
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    signalGroup(pid, 'SIGINT')
    timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS)
  }
  const kill = () => signalGroup(pid, 'SIGKILL')
  process.once('exit', kill)
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return () => {
    clearTimeout(timer)
    process.off('exit', kill)
    signal.removeEventListener('abort', stop)
  }
}

function signalGroup(pid: number, name: 'SIGINT' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
