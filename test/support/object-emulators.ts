/** Other people's emulators of the clouds, where they are installed: they know the protocols from elsewhere. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './postgres-server.ts'

const START_MS = 60_000

export interface Emulator {
  /** Of the endpoint. */
  readonly url: string
  stop(): Promise<void>
}

const python = process.env['PYTHON'] || 'python3'

/** Moto's server, from the Python package `moto[server]`. */
export function hasMoto(): boolean {
  return runs(python, ['-c', 'import moto.server, flask'])
}

export async function startMoto(bucket: string): Promise<Emulator> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const emulator = await start(url, python, [
    '-m',
    'moto.server',
    '-H',
    '127.0.0.1',
    '-p',
    String(port),
  ])
  await fetch(`${url}/${bucket}`, { method: 'PUT' })
  return emulator
}

const fakeGcs = process.env['FAKE_GCS_SERVER'] || 'fake-gcs-server'

/** From the Go module github.com/fsouza/fake-gcs-server; on the path or named by FAKE_GCS_SERVER. */
export function hasFakeGcs(): boolean {
  return runs(fakeGcs, ['-h'])
}

export async function startFakeGcs(bucket: string): Promise<Emulator> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const place = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)]
  const rest = ['-backend', 'memory', '-external-url', url, '-log-level', 'error']
  const emulator = await start(url, fakeGcs, [...place, ...rest])
  await fetch(`${url}/storage/v1/b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: bucket }),
  })
  return emulator
}

function runs(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function start(url: string, program: string, args: readonly string[]): Promise<Emulator> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr!.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-10_000)
  })
  for (const started = Date.now(); ; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${log}`)
    try {
      await (await fetch(url)).text()
      return { url, stop: () => end(child) }
    } catch (error) {
      if (Date.now() - started > START_MS) {
        await end(child)
        throw error
      }
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await ended
}
