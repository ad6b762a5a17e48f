/**
 * The inference service under attack: one test for each class of attack that has hit programs of its
 * kind, against a real listening server on loopback. What a class cannot touch here: nothing is
 * unpacked from archives or unpickled, no request names an address or a path to be fetched, there is no
 * password to guess, and no request changes the model.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createExample,
  type Example,
  exampleModel,
  flatPng,
  formOf,
} from './support/service-example.ts'

const CANARY = 'canary-5f1c'
let example: Example
let url = ''
let port = 0
let png: Buffer

beforeAll(async () => {
  example = await createExample({
    config: { request_timeout_ms: 1500, max_file_bytes: 50_000, max_request_bytes: 100_000 },
  })
  await mkdir(join(example.folder, 'pages'))
  await writeFile(join(example.folder, 'secret.txt'), CANARY)
  await writeFile(join(example.folder, 'pages', 'index.html'), '<!doctype html>')
  url = await example.listen()
  port = Number(new URL(url).port)
  png = await flatPng(200)
}, 60_000)
afterAll(() => example.close())

/** Sends bytes as they are and gives all that comes back until the other side ends, or `ms` pass. */
async function raw(bytes: string | Buffer, ms = 1000): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  const ended = new Promise<void>((done) => {
    socket.on('close', () => done())
    socket.on('error', () => done())
  })
  socket.write(bytes)
  await Promise.race([ended, sleep(ms)])
  socket.destroy()
  return text
}

const request = (first: string, headers: readonly string[], body = '') =>
  `${first} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)
const HOST = 'host: 127.0.0.1'

async function answersWell(): Promise<void> {
  const headers = { 'content-type': 'image/png' }
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers,
    body: new Uint8Array(png),
  })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ predicted_class: 'light' })
}

describe('path traversal', () => {
  const spellings = ['..', '%2e%2e', '.%2e', '%252e%252e', '..;', '....']
  const slashes = ['/', '%2f', '%252f', '\\', '%5c', '//', '/./']
  const prefixes = ['/ui', '/ui/assets', '/docs', '/v2/models', '']
  const paths = prefixes.flatMap((prefix) =>
    spellings.flatMap((dots) =>
      slashes.flatMap((slash) => [
        `${prefix}/${dots}${slash}secret.txt`,
        `${prefix}/a${slash}${dots}${slash}${dots}${slash}secret.txt`,
        `${prefix}/${dots}${slash}secret.txt%00.html`,
      ]),
    ),
  )

  it(`never leads out of the pages, in ${paths.length} spellings`, async () => {
    for (const path of paths) {
      const text = await raw(request(`GET ${path}`, [HOST, 'connection: close']))
      expect(text, path).not.toContain(CANARY)
      expect(statusOf(text), path).toBeGreaterThan(0)
      expect(statusOf(text), path).toBeLessThan(500)
    }
    await answersWell()
  }, 30_000)

  it('is not helped by an absolute address or a NUL', async () => {
    for (const target of [`http://evil.example/ui/../secret.txt`, '/ui/\0secret.txt', '*']) {
      expect(await raw(request(`GET ${target}`, [HOST, 'connection: close']))).not.toContain(CANARY)
    }
  })
})

describe('request smuggling and broken HTTP', () => {
  const chunked = 'transfer-encoding: chunked'
  it.each([
    ['a length and chunks', [HOST, 'content-length: 5', chunked], '0\r\n\r\n', 400],
    ['two lengths', [HOST, 'content-length: 5', 'content-length: 6'], 'hello!', 400],
    ['a length that is none', [HOST, 'content-length: -1'], '', 400],
    ['no host', [], '', 400],
    ['headers of 17 KB', [HOST, `x-long: ${'a'.repeat(17 * 1024)}`], '', 431],
    ['a header without a name', [HOST, ': x'], '', 400],
    ['a line feed in a header', [HOST, 'x-a: b\rset-cookie: c'], '', 400],
    ['chunks of a size that is none', [HOST, chunked, 'content-type: image/png'], 'zz\r\n', 400],
  ])('%s gets its answer', async (_, headers, body, status) => {
    const text = await raw(request('POST /predict', [...headers, 'connection: close'], body))
    expect(statusOf(text)).toBe(status)
    await answersWell()
  })

  it('a header called __proto__ changes nothing', async () => {
    const text = await raw(request('GET /health', [HOST, '__proto__: x', 'connection: close']))
    expect(statusOf(text)).toBe(200)
    await answersWell()
  })

  it('deeply nested chunks do not exhaust the stack', async () => {
    const chunks = '1\r\na\r\n'.repeat(20_000)
    const head = [HOST, chunked, 'content-type: image/png', 'connection: close']
    expect(statusOf(await raw(request('POST /predict', head, `${chunks}0\r\n\r\n`), 3000))).toBe(
      400,
    )
    await answersWell()
  })
})

describe('content types that are not what they seem', () => {
  it.each([
    ['application/json\ta', 415],
    ['application/json; charset=utf-7', 400],
    ['text/html', 415],
    ['image/png, application/json', 415],
    ['', 415],
    ['multipart/form-data', 400],
    ['multipart/form-data; boundary=', 400],
    [`multipart/form-data; boundary=${'b'.repeat(5000)}`, 400],
  ])('%j is refused', async (type, status) => {
    const length = `content-length: ${png.length}`
    const head = [HOST, `content-type: ${type}`, length, 'connection: close']
    const text = await raw(Buffer.concat([Buffer.from(request('POST /predict', head)), png]))
    expect(statusOf(text)).toBe(status)
    await answersWell()
  })
})

describe('forms that are made to hurt', () => {
  const post = (form: ReturnType<typeof formOf>) =>
    fetch(`${url}/predict`, {
      method: 'POST',
      headers: form.headers,
      body: new Uint8Array(form.payload),
    })

  it.each([
    [
      'a thousand parts',
      () => formOf(Array.from({ length: 1000 }, () => ({ field: 'x', bytes: 'y' }))),
    ],
    ['a name of 20 KB', () => formOf([{ field: 'f'.repeat(20_000), bytes: 'y' }])],
    [
      'a file name of 20 KB',
      () => formOf([{ field: 'file', name: 'n'.repeat(20_000), bytes: 'y' }]),
    ],
    [
      'fields of Object.prototype',
      () =>
        formOf([
          { field: '__proto__', bytes: '{"a":1}' },
          { field: 'constructor', bytes: 'x' },
        ]),
    ],
    [
      'a form in a form',
      () =>
        formOf([
          { field: 'file', name: 'a', bytes: formOf([{ field: 'file', bytes: 'x' }]).payload },
        ]),
    ],
    [
      'more than the body may have',
      () => formOf([{ field: 'file', name: 'a', bytes: Buffer.alloc(200_000) }]),
    ],
    [
      'no end',
      () => ({
        ...formOf([]),
        payload: Buffer.from(
          '--x-boundary-x\r\ncontent-disposition: form-data; name="file"\r\n\r\nabc',
        ),
      }),
    ],
    [
      'headers without end',
      () => ({
        ...formOf([]),
        payload: Buffer.from(`--x-boundary-x\r\n${'a: b\r\n'.repeat(9000)}`),
      }),
    ],
  ])('%s are refused', async (_, make) => {
    const answer = await post(make())
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
    await answersWell()
  })
})

describe('bodies of JSON', () => {
  const routes = ['/feedback', '/v2/models/example/infer']
  const bodies = [
    ['ten thousand brackets', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['ten thousand braces', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    [
      'a prototype',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ],
    ['a number without end', `{"label":${'9'.repeat(50_000)}}`],
    [
      'shapes that overflow',
      '{"inputs":[{"name":"images","shape":[4294967296,4294967296,1,8,8],"datatype":"UINT8","data":[]}]}',
    ],
    [
      'a negative shape',
      '{"inputs":[{"name":"images","shape":[-1,1,8,8],"datatype":"UINT8","data":[]}]}',
    ],
    ['no JSON', '{"a":'],
  ] as const
  it.each(routes.flatMap((route) => bodies.map(([name, body]) => [route, name, body] as const)))(
    '%s refuses %s',
    async (route, _, body) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}${route}`, { method: 'POST', headers, body })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
      await answersWell()
    },
  )
})

describe('error messages', () => {
  it('tell nothing of paths, stacks or versions', async () => {
    const answers = await Promise.all([
      fetch(`${url}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: 'no picture',
      }),
      fetch(`${url}/v2/models/other/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      }),
      fetch(`${url}/nowhere/<script>alert(1)</script>`),
      fetch(`${url}/feedback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{',
      }),
    ])
    for (const answer of answers) {
      const text = await answer.text()
      expect(text).not.toMatch(/node_modules|\.ts\b|\.js:|at Object|\bError:/)
      expect(text).not.toContain(example.folder)
      expect(answer.headers.get('server')).toBeNull()
      expect(answer.headers.get('x-powered-by')).toBeNull()
    }
  })

  it('with markup in them are data to a browser', async () => {
    const name = '"><img src=x onerror=alert(1)>.png'
    const form = formOf([{ field: 'file', name, bytes: 'no picture' }])
    const answer = await fetch(`${url}/predict`, {
      method: 'POST',
      headers: form.headers,
      body: new Uint8Array(form.payload),
    })
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})

describe('a hostile model', () => {
  /** Flips a tensor of the model to data that lies in a file of the working folder. */
  function withExternalData(model: Uint8Array): Uint8Array {
    // TensorProto.external_data (13) { key: "location", value: "secret.txt" }, data_location (14) = EXTERNAL
    const entry = Buffer.from('\x0a\x08location\x12\x0asecret.txt', 'latin1')
    const field = Buffer.concat([Buffer.from([0x6a, entry.length]), entry, Buffer.from([0x70, 1])])
    const tensor = Buffer.concat([Buffer.from([0x08, 1, 0x10, 1, 0x42, 1, 0x78]), field])
    const graph = Buffer.concat([Buffer.from([0x2a, tensor.length]), tensor])
    return Buffer.concat([model, Buffer.from([0x3a, graph.length]), graph])
  }

  it.each([
    ['that keeps data in another file', withExternalData, /keeps its data in another file/],
    ['that is cut off', (model: Uint8Array) => model.subarray(0, model.length - 100), /cut off/],
    ['that is no model', () => Buffer.from('PK\x03\x04 an archive'), /not a protobuf message/],
    ['that is empty', () => new Uint8Array(0), /has no graph/],
  ] as const)('%s is refused while the old one serves', async (_, spoil, reason) => {
    await example.replaceModel(spoil(exampleModel({ shift: 3 })))
    expect(example.service.slot.failure?.error.message).toMatch(reason)
    await answersWell()
    expect(JSON.stringify(example.warnings)).not.toContain(CANARY)
    const ready = await fetch(`${url}/ready`)
    expect(ready.status).toBe(200)
    await example.replaceModel(exampleModel())
    await answersWell()
  })
})

describe('clients that are slow', () => {
  it('are cut off with headers that do not come, and hold up nobody', async () => {
    const slow = raw(`POST /predict HTTP/1.1\r\n${HOST}\r\nx-slow: `, 5000)
    await answersWell()
    expect(statusOf(await slow)).toBe(408)
  }, 10_000)

  it('are cut off with a body that does not come', async () => {
    const head = [HOST, 'content-type: image/png', 'content-length: 1000']
    const slow = raw(request('POST /predict', head, 'abc'), 5000)
    await answersWell()
    const status = statusOf(await slow)
    expect([0, 408]).toContain(status)
  }, 10_000)

  it('that go away in the middle of a file leave nothing behind', async () => {
    const before = await readdir(example.folder)
    const head = [HOST, 'content-type: image/png', 'content-length: 40000']
    await Promise.all(
      Array.from({ length: 200 }, () => raw(request('POST /predict', head, 'a'.repeat(2000)), 20)),
    )
    await answersWell()
    expect(await readdir(example.folder)).toEqual(before)
    const { count } = await new Promise<{ count: number }>((done) => {
      example.app.server.getConnections((_, connections) => done({ count: connections }))
    })
    expect(count).toBeLessThan(50)
  }, 20_000)
})
