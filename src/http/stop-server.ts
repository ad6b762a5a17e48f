import { Server as NetServer } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** So long a client may still send on a connection that it believes to be open. */
const GRACE_MS = 300
const SWEEP_MS = 50

/**
 * Takes no more connections, answers what comes on those that are open, ends them when they are done,
 * and cuts them off after the limit. The server must send `connection: close` from now on.
 */
export async function stopServer(app: FastifyInstance, limitMs: number): Promise<void> {
  const { server } = app
  if (server.listening) {
    // http's own `close` would cut idle connections at once, on which requests may be under way
    const ended = new Promise<void>((done) => {
      NetServer.prototype.close.call(server, () => done())
    })
    const sweeping = later(GRACE_MS, () => {
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
      return () => clearInterval(sweep)
    })
    const cut = setTimeout(() => server.closeAllConnections(), limitMs)
    await ended
    clearTimeout(cut)
    sweeping()
  }
  await app.close()
}

/** Does something later; what comes back undoes it, or prevents it. */
function later(delayMs: number, act: () => () => void): () => void {
  let undo = () => {}
  const timer = setTimeout(() => {
    undo = act()
  }, delayMs)
  return () => {
    clearTimeout(timer)
    undo()
  }
}
