/** Requests that are broken, slow, huge or hostile, over a real socket. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FULL } from './support/only-in-full.ts'
import { openRaw, sendRaw } from './support/raw-http.ts'
import { createExample, type Example, flatPng } from './support/service-example.ts'

let example: Example
let url: string
let png: Buffer
beforeAll(async () => {
  png = await flatPng(100)
  example = await createExample({ config: { request_timeout_ms: 800 } })
  url = await example.listen()
})
afterAll(() => example.close())

const post = (headers: readonly string[], body: Buffer | string = png) =>
  Buffer.concat([
    Buffer.from(
      ['POST /predict HTTP/1.1', 'host: localhost', ...headers, '', ''].join('\r\n'),
      'latin1',
    ),
    Buffer.from(body),
  ])
const length = (body: Buffer | string = png) => `content-length: ${Buffer.byteLength(body)}`
const png_type = 'content-type: image/png'

async function predictOk(): Promise<void> {
  const body = new Uint8Array(png)
  const response = await fetch(`${url}/predict`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'image/png' },
  })
  expect(response.status).toBe(200)
}

describe('a request that is none', () => {
  it.each<[string, () => string | Buffer, number]>([
    ['is garbage', () => 'gar bage\r\n\r\n', 400],
    [
      'has two lengths of its body',
      () => post([png_type, length(), 'transfer-encoding: chunked']),
      400,
    ],
    ['has two different lengths', () => post([png_type, length(), 'content-length: 1']), 400],
    ['has a length that is no number', () => post([png_type, 'content-length: 1x']), 400],
    ['has a negative length', () => post([png_type, 'content-length: -1']), 400],
    ['names no host', () => 'GET / HTTP/1.1\r\n\r\n', 400],
    [
      'has a header of 17 KB',
      () => `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(17 << 10)}\r\n\r\n`,
      431,
    ],
    [
      'has a header with a line break inside',
      () => 'GET / HTTP/1.1\r\nhost: localhost\r\nx: a\rb\r\n\r\n',
      400,
    ],
    [
      'has a broken chunk',
      () => post([png_type, 'transfer-encoding: chunked'], 'zz\r\nabc\r\n'),
      400,
    ],
    ['asks for another protocol', () => 'GET / HTTP/3.7\r\nhost: localhost\r\n\r\n', 400],
    [
      'has a content type that only begins like one',
      () => post(['content-type: image/png\ta', length()]),
      415,
    ],
    ['has an unknown content type', () => post(['content-type: x', length()]), 415],
    [
      'is larger than allowed by its own word',
      () => post([png_type, 'content-length: 99999999']),
      413,
    ],
    ['names a path that is no text', () => 'GET /%ff%fe HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    [
      'names a very long path',
      () => `GET /v2/models/${'x'.repeat(5000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
      414,
    ],
  ])('%s', async (_, text, status) => {
    const answer = await sendRaw(url, text())
    expect(answer.status, answer.head + answer.body).toBe(status)
    expect(answer.head + answer.body).not.toMatch(/node_modules|\.ts:|at \w+ \(/)
    await predictOk()
  })

  it('that names odd headers is answered as any other', async () => {
    for (const name of ['__proto__', 'constructor', 'x-forwarded-host']) {
      const { status } = await sendRaw(url, post([png_type, length(), `${name}: evil`]))
      expect(status, name).toBe(200)
    }
  })

  it('comes in pieces and in chunks, and is answered', async () => {
    const bytes = post([png_type, length()])
    const pieces = await openRaw(
      url,
      async (socket) => {
        for (let at = 0; at < bytes.length; at += 40) {
          socket.write(bytes.subarray(at, at + 40))
          await new Promise((done) => setTimeout(done, 2))
        }
      },
      300,
    )
    expect(pieces.status).toBe(200)
    const chunks = [png.subarray(0, 30), png.subarray(30)].map((chunk) =>
      Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]),
    )
    const body = Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')])
    expect((await sendRaw(url, post([png_type, 'transfer-encoding: chunked'], body))).status).toBe(
      200,
    )
  })

  it('comes many at a time on one connection, each answered in order', async () => {
    const many = Buffer.concat(Array.from({ length: 20 }, () => post([png_type, length()])))
    const { head, body } = await sendRaw(url, many)
    expect(`${head}${body}`.match(/HTTP\/1\.1 200/g)).toHaveLength(20)
  })
})

describe('a client that is slow', () => {
  it.each([
    ['with its headers', 'GET / HTTP/1.1\r\nhost: localhost\r\n'],
    [
      'with its body',
      `POST /predict HTTP/1.1\r\nhost: localhost\r\n${png_type}\r\ncontent-length: 500\r\n\r\n`,
    ],
    ['to begin', ''],
  ])('%s is sent away', async (_, text) => {
    const answer = await openRaw(url, (socket) => {
      if (text !== '') socket.write(text)
    })
    expect(answer.status).toBe(408)
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'REQUEST_TIMEOUT' })
    expect(answer.milliseconds).toBeGreaterThan(700)
    expect(answer.milliseconds).toBeLessThan(4000)
  })

  it('keeps nobody from an answer, however many they are', async () => {
    const { hostname, port } = new URL(url)
    const sockets = Array.from({ length: FULL ? 2000 : 200 }, () => {
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {}).resume()
      socket.write('POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n')
      return socket
    })
    for (let i = 0; i < 20; i++) await predictOk()
    await Promise.all(
      sockets.map((socket) => socket.destroyed || new Promise((done) => socket.on('close', done))),
    )
    await predictOk()
  })
})

describe('a client that goes away', () => {
  it('in the middle of its picture leaves nothing behind', async () => {
    const bytes = post([png_type, 'content-length: 100000'], Buffer.alloc(50_000))
    for (let i = 0; i < (FULL ? 10_000 : 200); i++) {
      await new Promise<void>((done) => {
        const { hostname, port } = new URL(url)
        const socket = connect(Number(port), hostname, () => {
          socket.write(bytes, () => socket.destroy())
        })
        socket.on('error', () => {})
        socket.on('close', () => done())
      })
    }
    const large = new Uint8Array(await flatPng(50, 800))
    for (let i = 0; i < 5; i++) {
      const response = await fetch(`${url}/predict`, {
        method: 'POST',
        body: large,
        headers: { 'content-type': 'image/png' },
      })
      expect(response.status).toBe(200)
    }
    await predictOk()
  }, 120_000)
})

describe('large bodies', () => {
  it('are turned away while others fill the memory that is theirs, and taken afterwards', async () => {
    const heavy = await createExample({
      config: { max_file_bytes: 40 << 20, request_timeout_ms: 3000 },
    })
    const heavyUrl = await heavy.listen()
    const announce = (bytes: number) =>
      `POST /predict HTTP/1.1\r\nhost: localhost\r\n${png_type}\r\ncontent-length: ${bytes}\r\n\r\n`
    const { hostname, port } = new URL(heavyUrl)
    const held = connect(Number(port), hostname)
    held.on('error', () => {})
    held.write(announce(40 << 20))
    await new Promise((done) => setTimeout(done, 100))
    const refused = await sendRaw(heavyUrl, announce(30 << 20))
    expect(refused.status).toBe(503)
    expect(refused.head.toLowerCase()).toContain('retry-after: 1')
    const small = await sendRaw(heavyUrl, post([png_type, length()]))
    expect(small.status).toBe(200)
    held.destroy()
    await new Promise((done) => setTimeout(done, 100))
    const body = Buffer.concat([png, Buffer.alloc(30 << 20)])
    const taken = await sendRaw(
      heavyUrl,
      Buffer.concat([Buffer.from(announce(body.length)), body]),
      2000,
    )
    expect(taken.status, taken.body).not.toBe(503)
    await heavy.close()
  })
})
