import type { FastifyInstance } from 'fastify'
import { AtelierError } from '../core/index.ts'

/** Listens, and gives the address. Throws PORT_UNAVAILABLE. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port })
    return urlOf(app, host)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error
    throw new AtelierError('PORT_UNAVAILABLE', `Nothing can listen at ${host}:${port} (${code}).`, {
      hint: 'Choose another port or address with --port or --host.',
      cause: error,
    })
  }
}

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  // an address that means "all of them" cannot be opened in a browser
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`
}
