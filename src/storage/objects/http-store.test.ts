import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  bytesOf,
  listAll,
  md5Of,
  randomBytes,
  readAll,
} from '../../../test/support/object-store-contract.ts'
import {
  type Handler,
  serveObjects,
  startServer,
  type TestServer,
  type WebObject,
} from '../../../test/support/object-web-server.ts'
import { sha256 } from '../../core/index.ts'
import { downloadObject } from './download-object.ts'
import type { ObjectStoreOptions } from './object-store-options.ts'
import { openObjectStore } from './open-object-store.ts'
import { readObjectUrl } from './read-object-url.ts'

const bytes = randomBytes(7, 400_000)
const good = serveObjects(
  new Map<string, WebObject>([['x', { bytes, modified: 1_700_000_000_000 }]]),
)
const retry = { firstDelayMs: 1, attemptMs: 2000, idleMs: 150, attempts: 4 }
const options: ObjectStoreOptions = { retry }

let servers: TestServer[] = []
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-http-store-'))
})
afterEach(async () => {
  for (const server of servers) await server.close()
  servers = []
  await rm(folder, { recursive: true })
})

async function serve(handler: Handler): Promise<TestServer> {
  const server = await startServer(handler)
  servers.push(server)
  return server
}

/** The first answers are spoilt, one handler each; then all is well. */
function spoilt(...handlers: readonly Handler[]): Handler {
  const left = [...handlers]
  return (request, response) => (left.shift() ?? good)(request, response)
}

const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_request, response) =>
    void response.writeHead(code, headers).end()

/** Sends some of the right bytes, then breaks. */
const torn =
  (length: number): Handler =>
  (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes.length - start,
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      etag: `"${md5Of(bytes)}"`,
    })
    response.write(bytes.subarray(start, start + length), () =>
      setTimeout(() => response.destroy(), 20),
    )
  }

const fetched = async (url: string, more: ObjectStoreOptions = {}) => {
  const store = await openObjectStore(url, { ...options, ...more })
  return md5Of(await readAll(store, 'x'))
}

describe('openHttpStore', () => {
  it('goes on where connections broke, and says nothing of it', async () => {
    const server = await serve(spoilt(torn(150_000), torn(100_000), status(503)))
    expect(await fetched(server.url)).toBe(md5Of(bytes))
    const ranges = server.requests.map(({ headers }) => headers.range)
    expect(ranges).toEqual([undefined, 'bytes=150000-', 'bytes=250000-', 'bytes=250000-'])
  })

  it('skips what a server without ranges sends again', async () => {
    const server = await serve(
      spoilt(torn(150_000), (_request, response) => {
        response.writeHead(200, { 'content-length': bytes.length, etag: `"${md5Of(bytes)}"` })
        response.end(bytes)
      }),
    )
    expect(await fetched(server.url)).toBe(md5Of(bytes))
  })

  it('does not mix two objects when one takes the place of the other', async () => {
    const other = randomBytes(8, bytes.length)
    const changed = serveObjects(new Map([['x', { bytes: other, modified: 0 }]]))
    const server = await serve(spoilt(torn(150_000), changed))
    await expect(fetched(server.url)).rejects.toMatchObject({ code: 'OBJECT_CHANGED' })
    const again = await serve(spoilt(good, torn(150_000), changed, changed, changed))
    const store = await openObjectStore(again.url, options)
    const path = join(folder, 'x')
    await downloadObject(store, 'x', path, { sha256: sha256(other) })
    expect(md5Of(await readFile(path))).toBe(md5Of(other))
  })

  it('waits as long as it is told, within its patience', async () => {
    const server = await serve(spoilt(status(429, { 'retry-after': '0.3' })))
    const started = performance.now()
    expect(await fetched(server.url)).toBe(md5Of(bytes))
    expect(performance.now() - started).toBeGreaterThan(290)
    const busy = await serve(status(503, { 'retry-after': '3600' }))
    await expect(fetched(busy.url)).rejects.toMatchObject({
      code: 'STORAGE_UNREACHABLE',
      message: expect.stringContaining('503'),
    })
    expect(busy.requests).toHaveLength(1)
  })

  it('gives up on a server that is silent, before its answer and within it', async () => {
    const silent = await serve(() => {})
    const brief = { retry: { ...retry, attemptMs: 100, attempts: 2 } }
    await expect(fetched(silent.url, brief)).rejects.toMatchObject({
      code: 'STORAGE_TIMEOUT',
      message: expect.stringContaining('0.1 s (2 attempts)'),
    })
    const stalling = await serve(
      spoilt((_request, response) => {
        response.writeHead(200, { 'content-length': bytes.length, etag: `"${md5Of(bytes)}"` })
        response.write(bytes.subarray(0, 1000))
      }),
    )
    expect(await fetched(stalling.url)).toBe(md5Of(bytes))
  })

  it('does not count the time in which nobody reads', async () => {
    const large = randomBytes(9, 4_000_000)
    const server = await serve(serveObjects(new Map([['x', { bytes: large, modified: 0 }]])))
    const store = await openObjectStore(server.url, options)
    const chunks: Uint8Array[] = []
    for await (const chunk of await store.read('x')) {
      if (chunks.length < 2) await new Promise((done) => setTimeout(done, 250))
      chunks.push(chunk)
    }
    expect(md5Of(Buffer.concat(chunks))).toBe(md5Of(large))
    expect(server.requests).toHaveLength(1)
  })

  it('tells wrong bytes by the checksum that the server names', async () => {
    const server = await serve((_request, response) => {
      const wrong = Buffer.from(md5Of(bytesOf('other')), 'hex').toString('base64')
      response.writeHead(200, { 'x-goog-hash': `crc32c=AAAAAA==,md5=${wrong}` }).end('these')
    })
    await expect(fetched(server.url)).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM' })
  })

  it('follows redirects, and gives its secrets to no other host', async () => {
    const target = await serve(good)
    const server = await serve((request, response) => {
      if (request.url === '/moved') return good(Object.assign(request, { url: '/x' }), response)
      const to = request.url?.startsWith('/x?') ? '/moved' : `${target.url}/x`
      response.writeHead(302, { location: to }).end()
    })
    const url = server.url.replace('http://', 'http://user:s3cret@')
    const headers = { 'x-token': 't0ken' }
    const read = (path: string) =>
      readObjectUrl(`${url}${path}`, { ...options, http: { headers }, maxBytes: 1e6 })
    expect(md5Of(await read('/x?signature=abc'))).toBe(md5Of(bytes))
    for (const request of server.requests) {
      expect(request.headers['x-token']).toBe('t0ken')
      expect(request.headers.authorization).toBe(`Basic ${btoa('user:s3cret')}`)
    }
    expect(server.requests[0]?.url).toBe('/x?signature=abc')
    expect(md5Of(await read('/elsewhere'))).toBe(md5Of(bytes))
    expect(target.requests).toHaveLength(1)
    expect(target.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(target.requests[0]?.headers).not.toHaveProperty('x-token')
  })

  it('follows a few redirects only, and none to where it must not go', async () => {
    const loop = await serve(status(302, { location: '/x' }))
    await expect(fetched(loop.url)).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
    expect(loop.requests).toHaveLength(6)
    for (const location of [
      'file:///etc/passwd',
      'http://u:p@127.0.0.1/x',
      'http://[bad',
      'gs://b/x',
    ]) {
      const server = await serve(status(301, { location }))
      await expect(fetched(server.url), location).rejects.toMatchObject({ code: 'STORAGE_DENIED' })
    }
  })

  it('follows none from an encrypted address to one that is not, nor into this machine', async () => {
    const answers: Record<string, string> = {
      'https://one.example/x': 'http://one.example/x',
      'https://two.example/x': 'https://127.0.0.1/x',
      'https://three.example/x': 'https://169.254.169.254/latest/meta-data',
      'https://four.example/x': 'https://one.example/y',
      'https://one.example/y': '',
    }
    const asked: string[] = []
    const fake = (async (url: string) => {
      asked.push(url)
      const location = answers[url]!
      return location === ''
        ? new Response(bytes)
        : new Response(null, { status: 307, headers: { location } })
    }) as typeof fetch
    for (const host of ['one', 'two', 'three']) {
      await expect(fetched(`https://${host}.example`, { fetch: fake })).rejects.toMatchObject({
        code: 'STORAGE_DENIED',
      })
    }
    expect(asked).toHaveLength(3)
    expect(await fetched('https://four.example', { fetch: fake })).toBe(md5Of(bytes))
  })

  it('names what is wrong: rights, names, ports, hosts; never a secret', async () => {
    const at = async (handler: Handler) => (await serve(handler)).url.replace('://', '://u:s3cret@')
    const cases: [string, string][] = [
      [await at(status(401)), 'STORAGE_CREDENTIALS'],
      [await at(status(403)), 'STORAGE_DENIED'],
      [await at(status(404)), 'OBJECT_NOT_FOUND'],
      [await at(status(410)), 'OBJECT_NOT_FOUND'],
      [await at(status(418)), 'STORAGE_UNREACHABLE'],
      [await at(status(500)), 'STORAGE_UNREACHABLE'],
      ['http://u:s3cret@127.0.0.1:9', 'STORAGE_UNREACHABLE'],
      ['http://u:s3cret@nobody.invalid', 'STORAGE_UNREACHABLE'],
    ]
    for (const [url, code] of cases) {
      const error = await fetched(`${url}/?token=s3cret`).catch((thrown: unknown) => thrown)
      expect(error, url).toMatchObject({ code, hint: expect.any(String) })
      expect(JSON.stringify([String(error), error])).not.toContain('s3cret')
    }
  })

  it('asks with GET where HEAD is refused, and counts what has no length', async () => {
    const noHead = await serve((request, response) =>
      request.method === 'HEAD' ? status(403)(request, response) : good(request, response),
    )
    const store = await openObjectStore(noHead.url, options)
    expect(await store.stat('x')).toMatchObject({ size: bytes.length, modified: 1_700_000_000_000 })
    const chunked = await serve((_request, response) => {
      response.writeHead(200)
      response.write(bytes.subarray(0, 1000))
      response.end(bytes.subarray(1000))
    })
    const other = await openObjectStore(chunked.url, options)
    expect(await other.stat('x')).toEqual({ key: 'x', size: bytes.length, modified: undefined })
    const path = join(folder, 'x')
    await downloadObject(other, 'x', path)
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
    expect(await readdir(folder)).toEqual(['x'])
  })

  it('can only be read', async () => {
    const store = await openObjectStore('https://example.org/', options)
    const denied = { code: 'STORAGE_DENIED', message: expect.stringContaining('only be read') }
    await expect(store.write('x', bytesOf('x'))).rejects.toMatchObject(denied)
    await expect(store.delete('x')).rejects.toMatchObject(denied)
    await expect(listAll(store)).rejects.toMatchObject(denied)
  })

  it('survives what is no HTTP at all', async () => {
    const server = createServer((socket) => socket.end('hello\r\n\r\n'))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    await expect(fetched(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'STORAGE_UNREACHABLE',
    })
    server.close()
  })
})
