/** A web server that gives what is in a map, with ranges and entity tags. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface TestServer {
  /** Without a slash at its end. */
  readonly url: string
  /** Of every request so far. */
  readonly requests: IncomingMessage[]
  close(): Promise<void>
}

/** Listens on a free port of this machine. */
export async function startServer(handler: Handler): Promise<TestServer> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    handler(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export interface WebObject {
  readonly bytes: Uint8Array
  readonly modified: number
}

/** Answers GET and HEAD for the decoded path, without its first slash. */
export function serveObjects(objects: ReadonlyMap<string, WebObject>): Handler {
  return (request, response) => {
    const key = decodeURIComponent(new URL(request.url!, 'http://x').pathname.slice(1))
    const found = objects.get(key)
    if (found === undefined) return void response.writeHead(404).end('not found')
    const { bytes, modified } = found
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
    const common = {
      etag,
      'last-modified': new Date(modified).toUTCString(),
      'accept-ranges': 'bytes',
    }
    const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
    if (from === undefined) {
      response.writeHead(200, { ...common, 'content-length': bytes.length })
      return void response.end(request.method === 'HEAD' ? undefined : bytes)
    }
    const start = Number(from)
    if (start >= bytes.length) {
      response.writeHead(416, { ...common, 'content-range': `bytes */${bytes.length}` })
      return void response.end()
    }
    const end = Math.min(last ? Number(last) + 1 : bytes.length, bytes.length)
    const range = `bytes ${start}-${end - 1}/${bytes.length}`
    response.writeHead(206, { ...common, 'content-range': range, 'content-length': end - start })
    response.end(bytes.subarray(start, end))
  }
}
