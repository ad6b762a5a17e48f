import { spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { startProcess, whenReady } from './server-process.mjs'

const PYTHON = process.env.BENCH_PYTHON ?? 'python3'
const SCRIPT = join(import.meta.dirname, 'peers/fastapi_peer.py')
const NEEDS = 'torch, torchvision, fastapi, uvicorn, multipart, PIL'

/** Whether the peer's Python has what it needs; says so where not. */
export function hasFastapi() {
  const found = spawnSync(PYTHON, ['-c', `import ${NEEDS}`], { stdio: 'ignore' }).status === 0
  if (!found)
    process.stderr.write(`${PYTHON} cannot import ${NEEDS}: the comparison is left out.\n`)
  return found
}

/** The FastAPI service with the weights of a run's bundle; `threads` undefined: as PyTorch chooses. */
export async function startFastapi(weights, threads) {
  const port = await freePort()
  const chosen = threads === undefined ? [] : ['--threads', String(threads)]
  const args = [SCRIPT, '--port', String(port), '--weights', weights, ...chosen]
  const server = startProcess(PYTHON, args, { cwd: dirname(SCRIPT) })
  server.child.stdout.resume()
  const url = new URL(`http://127.0.0.1:${port}`)
  await whenReady(new URL('health', url), server)
  const version = /torch \S+, \d+ threads?/.exec(server.errors())?.[0] ?? 'torch'
  return { ...server, url, version }
}

async function freePort() {
  const probe = createServer()
  await new Promise((done) => probe.listen(0, '127.0.0.1', done))
  const { port } = probe.address()
  await new Promise((done) => probe.close(done))
  return port
}
