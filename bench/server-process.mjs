import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'

const STOP_MS = 15_000

// a benchmark that fails leaves no server behind
const running = new Set()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A server as a process of its own; its stdout is read only until `whenListening` has what it wants. */
export function startProcess(command, args, options) {
  const started = performance.now()
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors = `${errors}${chunk}`.slice(-4000)))
  const ended = once(child, 'close')
  running.add(child)
  child.once('exit', () => running.delete(child))
  return {
    child,
    sinceStart: () => performance.now() - started,
    errors: () => errors,
    rss: () => residentMb(child.pid),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

/** Asks until the answer is 200. */
export async function whenReady(url, server, seconds = 60) {
  while (server.sinceStart() < 1000 * seconds) {
    if (server.child.exitCode !== null) break
    const ok = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer()
        return response.ok
      },
      () => false,
    )
    if (ok) return
    await sleep(10)
  }
  await server.stop()
  throw new Error(`${url} did not become ready:\n${server.errors()}`)
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

/** Resident memory of a process in MB (10^6 bytes). */
function residentMb(pid) {
  const status = `/proc/${pid}/status`
  const kib = existsSync(status)
    ? /VmRSS:\s*(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]
    : spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  return (Number(kib) * 1024) / 1e6
}

/** The most memory a server had while something was done. */
export async function peakRss(server, work, everyMs = 200) {
  let most = server.rss()
  const look = () => (most = Math.max(most, server.rss() || 0))
  const timer = setInterval(look, everyMs)
  try {
    const result = await work()
    look()
    return { result, most }
  } finally {
    clearInterval(timer)
  }
}
