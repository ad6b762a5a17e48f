/** Other people's trackers in Python, where they are installed: PYTHON names the interpreter. */
import { execFileSync, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { FULL, leftOut } from './only-in-full.ts'
import { freePort } from './postgres-server.ts'

const python = process.env['PYTHON'] || 'python3'

/** Why a test of a Python package is left out, for its title; empty where it runs. */
export function missingPython(...modules: readonly string[]): string {
  if (!FULL) return leftOut()
  try {
    execFileSync(python, ['-c', `import ${modules.join(', ')}`], { stdio: 'ignore' })
    return ''
  } catch {
    return ` (left out: ${python} has not all of ${modules.join(', ')})`
  }
}

export interface PythonOutcome {
  readonly code: number | null
  readonly output: string
}

/** Runs Python with a script or `-m MODULE`; `env` is all it gets besides PATH and HOME. */
export function runPython(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<PythonOutcome> {
  const child = spawn(python, args, {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // a tool that waits for ever must not outlive its test
    timeout: 100_000,
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, output }))
  })
}

export interface PythonServer {
  readonly url: string
  stop(): Promise<void>
}

const START_MS = 120_000

/** An MLflow server with its database and artifacts in `folder`. */
export async function startMlflow(folder: string): Promise<PythonServer> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const place = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1']
  const stores = ['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', './kept']
  const child = spawn(python, ['-m', 'mlflow', 'server', ...place, ...stores], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: 'ignore',
    // it starts processes of its own, which end with their group
    detached: true,
  })
  const ended = new Promise((done) => child.once('close', done))
  const stop = async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await ended
  }
  const until = Date.now() + START_MS
  while (Date.now() < until && child.exitCode === null) {
    const answers = await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (answers) return { url, stop }
    await sleep(200)
  }
  await stop()
  throw new Error('the MLflow server did not start')
}
