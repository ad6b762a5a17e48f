import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBuckets } from '../../../test/support/object-bucket-model.ts'
import { s3Model, serveS3 } from '../../../test/support/object-s3-server.ts'
import {
  bytesOf,
  listAll,
  md5Of,
  randomBytes,
  readAll,
} from '../../../test/support/object-store-contract.ts'
import { startServer, type TestServer } from '../../../test/support/object-web-server.ts'
import type { S3Options } from './object-store-options.ts'
import { openObjectStore } from './open-object-store.ts'

type Spoil = (request: IncomingMessage, response: ServerResponse) => boolean

let model: ReturnType<typeof s3Model>
let server: TestServer
let folder: string
let spoil: Spoil
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-s3-store-'))
  model = s3Model(createBuckets('bucket'))
  spoil = () => false
  const good = serveS3(model)
  server = await startServer((request, response) => {
    if (!spoil(request, response)) good(request, response)
  })
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const retry = { firstDelayMs: 1, attemptMs: 2000, idleMs: 300, attempts: 3 }
const open = (url = 's3://bucket/p', s3: S3Options = {}) =>
  openObjectStore(url, {
    retry,
    partBytes: 1 << 20,
    connections: 2,
    s3: { endpoint: server.url, accessKeyId: 'id', secretAccessKey: 's3cret', ...s3 },
  })

const answer =
  (status: number, code: string): Spoil =>
  (request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/xml' })
    response.end(
      request.method === 'HEAD'
        ? undefined
        : `<Error><Code>${code}</Code><Message>said</Message></Error>`,
    )
    return true
  }

const times = (count: number, then: Spoil): Spoil => {
  let left = count
  return (request, response) => left-- > 0 && then(request, response)
}

const sentParts = () => server.requests.filter(({ url }) => url?.includes('partNumber=')).length

describe('openS3Store', () => {
  it('tells a bucket that is not there from an object that is not there', async () => {
    const store = await open('s3://nobody/p')
    const noBucket = { code: 'STORAGE_NO_BUCKET', message: expect.stringContaining("'nobody'") }
    await expect(store.stat('x')).rejects.toMatchObject(noBucket)
    await expect(store.read('x')).rejects.toMatchObject(noBucket)
    await expect(store.write('x', bytesOf('x'))).rejects.toMatchObject(noBucket)
    await expect(store.delete('x')).rejects.toMatchObject(noBucket)
    await expect(listAll(store)).rejects.toMatchObject(noBucket)
    expect(await (await open()).stat('x')).toBeUndefined()
  })

  it.each([
    [403, 'AccessDenied', 'STORAGE_DENIED'],
    [403, 'InvalidAccessKeyId', 'STORAGE_CREDENTIALS'],
    [403, 'SignatureDoesNotMatch', 'STORAGE_CREDENTIALS'],
    [400, 'ExpiredToken', 'STORAGE_CREDENTIALS'],
    [503, 'SlowDown', 'STORAGE_UNREACHABLE'],
    [500, 'InternalError', 'STORAGE_UNREACHABLE'],
    [400, 'InvalidRequest', 'STORAGE_UNREACHABLE'],
    [400, 'BadDigest', 'STORAGE_CHECKSUM'],
  ])('names what %d %s means', async (status, code, wanted) => {
    spoil = answer(status, code)
    const store = await open()
    const works = [
      () => store.read('x'),
      () => store.write('x', bytesOf('x')),
      () => listAll(store),
    ]
    for (const work of works) {
      const error = await work().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: wanted, hint: expect.stringMatching(/\.$/) })
      expect(inspect(error, { depth: 20 })).not.toMatch(/s3cret|Signature=/)
    }
  })

  it('names what is wrong with credentials, endpoint and network', async () => {
    const noFile = { accessKeyId: undefined, credentialsPath: join(folder, 'none') }
    await expect(open('s3://bucket', noFile)).rejects.toMatchObject({ code: 'STORAGE_CREDENTIALS' })
    const noKeys = { accessKeyId: undefined, profile: 'no-such-profile' }
    await expect((await open('s3://bucket', noKeys)).stat('x')).rejects.toMatchObject({
      code: 'STORAGE_CREDENTIALS',
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
    })
    await expect(open('s3://bucket', { endpoint: 'localhost:1' })).rejects.toMatchObject({
      code: 'STORAGE_INVALID_URL',
    })
    for (const endpoint of ['http://127.0.0.1:9', 'http://nobody.invalid']) {
      const store = await open('s3://bucket', { endpoint })
      await expect(store.stat('x')).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
    }
  })

  it('reads keys from a credential file, and sends none when anonymous', async () => {
    const credentialsPath = join(folder, 'credentials')
    await writeFile(
      credentialsPath,
      '[default]\naws_access_key_id = other\n[team]\naws_access_key_id=TEAMID\naws_secret_access_key = abc=\n',
    )
    const team = { accessKeyId: undefined, credentialsPath, profile: 'team' }
    await (await open('s3://bucket', team)).stat('x')
    expect(server.requests[0]?.headers.authorization).toContain('Credential=TEAMID/')
    const noSecret = { accessKeyId: undefined, credentialsPath }
    await expect(open('s3://bucket', noSecret)).rejects.toMatchObject({
      code: 'STORAGE_CREDENTIALS',
      message: expect.stringContaining('[default]'),
    })
    server.requests.length = 0
    await (await open('s3://bucket', { anonymous: true })).write('x', bytesOf('x'))
    expect(server.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true)
  })

  it('tells wrong bytes by the tag of the object, and sends a checksum with what it writes', async () => {
    model.put('bucket', 'p/x', Buffer.from('these'), { etag: md5Of(bytesOf('those')) })
    const store = await open()
    await expect(readAll(store, 'x')).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM' })
    model.put('bucket', 'p/x', Buffer.from('these'), { etag: `${md5Of(bytesOf('parts'))}-2` })
    expect((await readAll(store, 'x')).toString()).toBe('these')
    await store.write('y', bytesOf('mine'))
    expect(server.requests.at(-1)?.headers['content-md5']).toBe(
      Buffer.from(md5Of(bytesOf('mine')), 'hex').toString('base64'),
    )
  })

  it('leaves out what cannot be a key', async () => {
    for (const key of ['p/a', 'p/folder/', 'p/x//y', 'p/../z', 'p'])
      model.put('bucket', key, Buffer.from('x'))
    expect((await listAll(await open())).map(({ key }) => key)).toEqual(['a'])
  })

  it('knows its own object when the answer to its first attempt was lost', async () => {
    const good = serveS3(model)
    spoil = times(1, (request, response) => {
      if (request.method !== 'PUT') return false
      const { socket } = response
      response.end = (() => socket?.destroy()) as never
      good(request, response)
      return true
    })
    const store = await open()
    await store.write('x', bytesOf('mine'), { ifAbsent: true })
    expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(2)
    await expect(store.write('x', bytesOf('mine'), { ifAbsent: true })).rejects.toMatchObject({
      code: 'OBJECT_EXISTS',
    })
  })
})

describe('uploadParts', () => {
  const bytes = randomBytes(1, 3_500_000)
  const onceStopped = async (content: Uint8Array, after: number) => {
    const stop = new AbortController()
    const onProgress = (done: number) => {
      if (done >= after) stop.abort(new Error('stopped'))
    }
    const store = await open()
    const write = store.write('x', content, { signal: stop.signal, onProgress })
    await expect(write).rejects.toThrow('stopped')
    expect(await store.stat('x')).toBeUndefined()
    return store
  }

  it('goes on with the parts that an interrupted call left, and takes nothing else for them', async () => {
    const store = await onceStopped(bytes, 2_000_000)
    server.requests.length = 0
    const progress: number[] = []
    await store.write('x', bytes, { onProgress: (done) => progress.push(done) })
    expect(sentParts()).toBeLessThan(3)
    expect(progress.at(-1)).toBe(bytes.length)
    expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
    expect(model.uploads.size).toBe(0)
  })

  it('does not mix the parts of two files', async () => {
    const store = await onceStopped(randomBytes(2, 3_500_000), 2_000_000)
    await store.write('x', bytes)
    expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
  })

  it('gives the right checksum to a file that grew since', async () => {
    const store = await onceStopped(bytes.subarray(0, 3_200_000), 2_000_000)
    await store.write('x', bytes)
    expect((await store.stat('x'))?.md5).toBe(md5Of(bytes))
    expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
  })

  it('repeats a part that failed, and gives up without an object when it fails again and again', async () => {
    const store = await open()
    const onPart2: Spoil = (request, response) =>
      request.url!.includes('partNumber=2') && answer(503, 'SlowDown')(request, response)
    spoil = times(2, onPart2)
    await store.write('x', bytes)
    expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
    spoil = onPart2
    await expect(store.write('y', bytes)).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
    spoil = () => false
    expect((await listAll(store)).map(({ key }) => key)).toEqual(['x'])
    expect(model.uploads.size).toBe(1)
  })

  it('refuses a file that is changed while it is sent, and leaves no parts', async () => {
    const path = join(folder, 'changing')
    await writeFile(path, bytes)
    spoil = (request) => {
      if (request.url!.includes('?uploads')) void writeFile(path, randomBytes(3, bytes.length))
      return false
    }
    const store = await open()
    const write = store.write('x', { path })
    await expect(write).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM' })
    expect([await store.stat('x'), model.uploads.size]).toEqual([undefined, 0])
  })
})
