import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A process that answers one JSON request per line; `undefined` when it cannot start. */
export async function startPeer(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => {
    const { value, done } = await lines.next()
    return done ? undefined : JSON.parse(value)
  }
  const hello = await answer()
  if (hello === undefined) return undefined
  return {
    version: hello.version,
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const reply = await answer()
      if (reply === undefined) throw new Error(`${command} ended during ${request.do}`)
      return reply
    },
    stop: () => child.stdin.end(),
  }
}

/** Whether a Python has torch. */
export function hasTorch(python) {
  const found = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0
  if (!found) process.stderr.write(`${python} cannot import torch: that comparison is left out.\n`)
  return found
}

/** The middle one; of an even number the upper. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Asks several peers in turn, round after round, and returns each one's median in milliseconds. */
export async function interleave(peers, request, rounds) {
  const times = peers.map(() => [])
  for (const peer of peers) await peer.ask(request)
  for (let round = 0; round < rounds; round++) {
    for (const [i, peer] of peers.entries()) times[i].push(...(await peer.ask(request)).ms)
  }
  return times.map(median)
}
