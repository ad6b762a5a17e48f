import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processExists, processIdentity } from '../../core/index.ts'
import type { ProcessReference } from '../../sweeps/index.ts'
import type { Environment } from '../context.ts'

const GRACE_MS = 30_000
const POLL_MS = 200

export interface ProcessOptions {
  readonly command: readonly [string, ...string[]]
  readonly cwd: string
  readonly env: Environment
  /** Receives what the program prints, after what is there. */
  readonly log: string
  /**
   * Opens a channel whose end tells an Atelier process to save and stop: also when we are gone, and
   * on systems without signals. A foreign program gets SIGTERM.
   */
  readonly channel: boolean
}

export interface ProcessEnd {
  /** Null when a signal ended it, or when it could not be started. */
  readonly code: number | null
  /** Why it could not be started. */
  readonly error?: Error
}

export interface TrialProcess {
  /** Undefined when it could not be started. */
  readonly reference: ProcessReference | undefined
  readonly ended: Promise<ProcessEnd>
}

/** Starts a program without a shell. Once the signal is aborted it is told to stop; after 30 s it is killed. */
export async function startProcess(
  { command: [program, ...args], cwd, env, log, channel }: ProcessOptions,
  signal: AbortSignal,
): Promise<TrialProcess> {
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, 'a')
  const child = spawn(program, args, {
    cwd,
    env: { ...env },
    stdio: ['ignore', output, output, ...(channel ? (['ipc'] as const) : [])],
    // else Ctrl-C would reach it twice: from the terminal and from us
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
  closeSync(output)
  const ended = new Promise<ProcessEnd>((done) => {
    child.on('error', (error) => done({ code: null, error }))
    child.on('exit', (code) => done({ code }))
  })
  const { pid } = child
  if (pid === undefined) return { reference: undefined, ended }
  const stop = () => {
    if (channel && child.connected) child.disconnect()
    else signalProcess(pid, 'SIGTERM')
    const timer = setTimeout(() => signalProcess(pid, 'SIGKILL'), GRACE_MS)
    void ended.then(() => clearTimeout(timer))
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  void ended.then(() => signal.removeEventListener('abort', stop))
  return { reference: await referenceTo(pid), ended }
}

async function referenceTo(pid: number): Promise<ProcessReference> {
  return { pid, identity: await processIdentity(pid), host: hostname() }
}

/** With all that it started: it leads its group. */
function signalProcess(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Whether this very process still works. One of another machine cannot be asked. */
async function isAlive({ pid, identity, host }: ProcessReference): Promise<boolean> {
  if (host !== hostname()) return false
  return processExists(pid) && (await processIdentity(pid)) === identity
}

/**
 * Waits for a process that an earlier scheduler started. At the signal, or after `patience`
 * milliseconds, it gets SIGTERM and 30 s later SIGKILL.
 */
export async function outwait(
  reference: ProcessReference,
  signal: AbortSignal,
  patience: number,
): Promise<void> {
  const begun = Date.now()
  let asked: number | undefined
  while (await isAlive(reference)) {
    const isEnough = signal.aborted || Date.now() - begun > patience
    if (isEnough && asked === undefined) {
      asked = Date.now()
      signalProcess(reference.pid, 'SIGTERM')
    }
    if (asked !== undefined && Date.now() - asked > GRACE_MS)
      signalProcess(reference.pid, 'SIGKILL')
    await sleep(POLL_MS)
  }
}
