/** The compiled command as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './training-project.ts'

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly finished: Promise<Finished>
}

/** Starts `atelier …` in a folder, with nothing on stdin unless told. */
export function startAtelier(
  cwd: string,
  args: readonly string[],
  { stdin, env = {} }: { readonly stdin?: Uint8Array; readonly env?: NodeJS.ProcessEnv } = {},
): Started {
  const cli = join(packageRoot, 'dist/main/atelier.js')
  if (!existsSync(cli)) throw new Error('not compiled: run `node scripts/setup.mjs`')
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(stdin)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const finished = new Promise<Finished>((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
  })
  return { child, finished }
}

export function runAtelier(
  cwd: string,
  args: readonly string[],
  options?: Parameters<typeof startAtelier>[2],
): Promise<Finished> {
  return startAtelier(cwd, args, options).finished
}
