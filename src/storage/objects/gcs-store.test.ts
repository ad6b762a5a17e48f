import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createBuckets } from '../../../test/support/object-bucket-model.ts'
import { type GcsModel, gcsModel, serveGcs } from '../../../test/support/object-gcs-server.ts'
import {
  bytesOf,
  listAll,
  md5Of,
  randomBytes,
  readAll,
} from '../../../test/support/object-store-contract.ts'
import { startServer, type TestServer } from '../../../test/support/object-web-server.ts'
import { downloadObject } from './download-object.ts'
import type { GsOptions, ObjectStoreOptions } from './object-store-options.ts'
import { openObjectStore } from './open-object-store.ts'

type Spoil = (request: IncomingMessage, response: ServerResponse) => boolean

let model: GcsModel
let server: TestServer
let folder: string
let spoil: Spoil
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-gcs-store-'))
  model = gcsModel(createBuckets('bucket'))
  spoil = () => false
  const good = serveGcs(model)
  server = await startServer((request, response) => {
    if (!spoil(request, response)) good(request, response)
  })
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const retry = { firstDelayMs: 1, attemptMs: 2000, idleMs: 300, attempts: 3 }
const open = (url = 'gs://bucket/p', gs: GsOptions = {}, more: ObjectStoreOptions = {}) =>
  openObjectStore(url, {
    retry,
    partBytes: 1 << 20,
    gs: { endpoint: server.url, ...gs },
    ...more,
  })

const answer =
  (status: number, message: string): Spoil =>
  (request, response) => {
    request.resume()
    response.writeHead(status).end(JSON.stringify({ error: { code: status, message } }))
    return true
  }

const times = (count: number, then: Spoil): Spoil => {
  let left = count
  return (request, response) => left-- > 0 && then(request, response)
}

const isPiece = ({ method, headers }: IncomingMessage) =>
  method === 'PUT' && /^bytes \d/.test(headers['content-range'] ?? '')

describe('openGcsStore', () => {
  it('tells a bucket that is not there from an object that is not there', async () => {
    const store = await open('gs://nobody/p')
    const noBucket = { code: 'STORAGE_NO_BUCKET', message: expect.stringContaining("'nobody'") }
    await expect(store.stat('x')).rejects.toMatchObject(noBucket)
    await expect(store.read('x')).rejects.toMatchObject(noBucket)
    await expect(store.write('x', bytesOf('x'))).rejects.toMatchObject(noBucket)
    await expect(store.delete('x')).rejects.toMatchObject(noBucket)
    await expect(listAll(store)).rejects.toMatchObject(noBucket)
    expect(await (await open()).stat('x')).toBeUndefined()
  })

  it.each([
    [401, 'Anonymous caller does not have storage.objects.get access', 'STORAGE_CREDENTIALS'],
    [403, 'does not have storage.objects.get access', 'STORAGE_DENIED'],
    [429, 'rate limit', 'STORAGE_UNREACHABLE'],
    [503, 'backend error', 'STORAGE_UNREACHABLE'],
    [400, 'Invalid argument', 'STORAGE_UNREACHABLE'],
  ])('names what %d %s means', async (status, message, code) => {
    spoil = answer(status, message)
    const store = await open()
    const works = [
      () => store.stat('x'),
      () => store.read('x'),
      () => store.write('x', bytesOf('x')),
      () => listAll(store),
    ]
    for (const work of works)
      await expect(work()).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message),
        hint: expect.stringMatching(/\.$/),
      })
  })

  it('sends the token that its credential file leads to, and shows no secret', async () => {
    let granted = true
    const tokens = await startServer((_request, response) => {
      const token = { access_token: 't0ken', expires_in: 3600, token_type: 'Bearer' }
      if (!granted) return void response.writeHead(400).end('{"error":"invalid_grant"}')
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          ...token,
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        }),
      )
    })
    const credentialsPath = join(folder, 'credentials.json')
    const subject = join(folder, 'subject')
    await writeFile(subject, 'subj3ct')
    await writeFile(
      credentialsPath,
      JSON.stringify({
        type: 'external_account',
        audience:
          '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${tokens.url}/token`,
        credential_source: { file: subject },
      }),
    )
    await (await open('gs://bucket', { credentialsPath })).write('x', bytesOf('x'))
    expect(server.requests[0]?.headers.authorization).toBe('Bearer t0ken')
    granted = false
    const refused = await open('gs://bucket', { credentialsPath })
    const error = await refused.stat('x').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'STORAGE_CREDENTIALS' })
    expect(inspect(error, { depth: 20 })).not.toMatch(/subj3ct|t0ken/)
    await tokens.close()
  })

  it('names a credential file that cannot be used, and an endpoint that is none', async () => {
    const garbage = join(folder, 'garbage.json')
    await writeFile(garbage, 'not json')
    for (const credentialsPath of [garbage, join(folder, 'none.json')]) {
      const store = await open('gs://bucket', { credentialsPath })
      await expect(store.stat('x')).rejects.toMatchObject({
        code: 'STORAGE_CREDENTIALS',
        message: expect.stringContaining(credentialsPath),
        hint: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
      })
    }
    await expect(open('gs://bucket', { endpoint: 'localhost' })).rejects.toMatchObject({
      code: 'STORAGE_INVALID_URL',
    })
    const nowhere = await open('gs://bucket', { endpoint: 'http://127.0.0.1:9' })
    await expect(nowhere.stat('x')).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
  })

  it('tells wrong bytes of a composed object by its CRC32C', async () => {
    model.composed.add('p/x')
    model.put('bucket', 'p/x', Buffer.from('composed'))
    const store = await open()
    expect((await store.stat('x'))?.md5).toBeUndefined()
    expect((await readAll(store, 'x')).toString()).toBe('composed')
    await downloadObject(store, 'x', join(folder, 'x'))
    spoil = (_request, response) => {
      response
        .writeHead(200, { 'x-goog-hash': 'crc32c=AAAAAA==', 'content-length': 5 })
        .end('wrong')
      return true
    }
    await expect(readAll(store, 'x')).rejects.toMatchObject({
      code: 'STORAGE_CHECKSUM',
      message: expect.stringContaining('CRC32C'),
    })
  })

  it('removes what a store without checks keeps of damaged bytes', async () => {
    spoil = times(1, (request, response) => {
      request.resume().on('end', () => {
        const { generation } = model.put('bucket', 'p/x', Buffer.from('damaged'))
        const md5Hash = Buffer.from(md5Of(bytesOf('damaged')), 'hex').toString('base64')
        response.end(JSON.stringify({ name: 'p/x', size: '7', md5Hash, generation }))
      })
      return true
    })
    const store = await open()
    await expect(store.write('x', bytesOf('right'))).rejects.toMatchObject({
      code: 'STORAGE_CHECKSUM',
    })
    spoil = () => false
    expect(await listAll(store)).toEqual([])
  })
})

describe('sendInPieces', () => {
  const bytes = randomBytes(1, 3_500_000)

  it('goes on where the store says it is, after every kind of break', async () => {
    const cut: Spoil = (request) => {
      request.once('data', () => request.socket.destroy())
      return false
    }
    const lostAnswer: Spoil = (request, response) => {
      const { socket } = response
      response.end = (() => socket?.destroy()) as never
      serveGcs(model)(request, response)
      return true
    }
    const store = await open()
    for (const breaks of [answer(503, 'busy'), cut, lostAnswer]) {
      let pieces = 0
      spoil = (request, response) =>
        isPiece(request) && ++pieces % 2 === 1 && breaks(request, response)
      await store.write('x', bytes, { ifAbsent: true })
      expect(pieces).toBeGreaterThan(3)
      expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
      await store.delete('x')
    }
  })

  it('goes on in another call where the address of the upload is kept, with the same bytes only', async () => {
    const sessions = join(folder, 'sessions')
    const first = await open('gs://bucket/p', {}, { sessions })
    const stop = new AbortController()
    const onProgress = (done: number) => {
      if (done >= 2_000_000) stop.abort(new Error('stopped'))
    }
    const stopped = first.write('x', bytes, { signal: stop.signal, onProgress })
    await expect(stopped).rejects.toThrow('stopped')
    expect(await readdir(sessions)).toHaveLength(1)
    expect((await stat(sessions)).mode & 0o77).toBe(0)
    const progress: number[] = []
    const second = await open('gs://bucket/p', {}, { sessions })
    await second.write('y', bytes)
    await second.write('x', randomBytes(2, 3_500_000))
    expect(await readdir(sessions)).toHaveLength(1)
    await second.write('x', bytes, { onProgress: (done) => progress.push(done) })
    expect(progress[0]).toBeGreaterThanOrEqual(2_000_000)
    expect(md5Of(await readAll(second, 'x'))).toBe(md5Of(bytes))
    expect(await readdir(sessions)).toEqual([])
  })

  it('begins anew when the store has forgotten the upload', async () => {
    const sessions = join(folder, 'sessions')
    const store = await open('gs://bucket/p', {}, { sessions })
    spoil = (request, response) => isPiece(request) && answer(503, 'busy')(request, response)
    await expect(store.write('x', bytes)).rejects.toMatchObject({ code: 'STORAGE_UNREACHABLE' })
    spoil = () => false
    model.sessions.clear()
    await store.write('x', bytes)
    expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
    expect(await readdir(sessions)).toEqual([])
  })

  it('refuses a file that is changed while it is sent, after one try', async () => {
    const path = join(folder, 'changing')
    await writeFile(path, bytes)
    let sessions = 0
    spoil = (request) => {
      if (request.url!.includes('uploadType=resumable') && request.method === 'POST') {
        sessions++
        void writeFile(path, randomBytes(3, bytes.length))
      }
      return false
    }
    const store = await open()
    await expect(store.write('x', { path })).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM' })
    expect([await store.stat('x'), sessions]).toEqual([undefined, 1])
    expect((await readFile(path)).length).toBe(bytes.length)
  })
})
