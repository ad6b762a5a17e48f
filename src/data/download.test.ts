import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idxFixture } from '../../test/support/idx-files.ts'
import { createRandom, sha256, silentLogger, silentProgress } from '../core/index.ts'
import { downloadFile } from './download.ts'
import { prepareDataset } from './prepare.ts'

const random = createRandom(3, 'sketch')
const content = Uint8Array.from({ length: 200_000 }, () => random.integer(256))
const packed = gzipSync(content)

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let handler: Handler
let base: string
let folder: string
let requests: IncomingMessage[]

beforeEach(async () => {
  requests = []
  server = createServer((request, response) => {
    requests.push(request)
    handler(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  folder = await mkdtemp(join(tmpdir(), 'atelier-download-'))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
  await rm(folder, { recursive: true })
})

/** A good server with Range; `first` may spoil the first answer. */
function serve(
  bytes: Buffer,
  spoil: (response: ServerResponse, body: Buffer) => boolean = () => false,
): Handler {
  let answered = 0
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const body = bytes.subarray(start)
    const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(start > 0 && { 'content-range': range }),
    })
    if (answered++ === 0 && spoil(response, body)) return
    response.end(body)
  }
}

const download = (mirrors: readonly string[] = [base]) =>
  downloadFile(
    { mirrors, file: 'x.gz', sha256: sha256(content), folder },
    { fetch, progress: silentProgress, stallMs: 150, retryMs: 5 },
  )

async function expectWhole() {
  expect(await readdir(folder)).toEqual(['x.gz'])
  expect(sha256(await readFile(join(folder, 'x.gz')))).toBe(sha256(packed))
}

describe('downloadFile', () => {
  it('writes the file, and nothing else', async () => {
    handler = serve(packed)
    expect(await download()).toBeUndefined()
    await expectWhole()
  })

  it('goes on where a cut connection stopped', async () => {
    handler = serve(packed, (response, body) => {
      response.write(body.subarray(0, 120_000), () => response.destroy())
      return true
    })
    expect(await download()).toBeUndefined()
    await expectWhole()
    expect(requests).toHaveLength(2)
    expect(Number(/bytes=(\d+)-/.exec(requests[1]!.headers.range!)![1])).toBeGreaterThan(10_000)
  })

  it('gives up on a stalled connection and tries again', async () => {
    handler = serve(packed, (response, body) => response.write(body.subarray(0, 1000)) || true)
    expect(await download()).toBeUndefined()
    await expectWhole()
  })

  it('waits for a slow server that keeps sending', async () => {
    handler = async (_request, response) => {
      response.writeHead(200, { 'content-length': packed.length })
      for (let at = 0; at < packed.length; at += 50_000) {
        response.write(packed.subarray(at, at + 50_000))
        await new Promise((done) => setTimeout(done, 60))
      }
      response.end()
    }
    expect(await download()).toBeUndefined()
    await expectWhole()
    expect(requests).toHaveLength(1)
  })

  it('follows redirects', async () => {
    const good = serve(packed)
    handler = (request, response) => {
      if (request.url === '/moved/x.gz') return good(request, response)
      response.writeHead(302, { location: '/moved/x.gz' }).end()
    }
    expect(await download()).toBeUndefined()
    await expectWhole()
  })

  it('starts over when the server ignores Range, and when the part fits nothing', async () => {
    await writeFile(join(folder, 'x.gz.part'), packed.subarray(0, 5000))
    handler = (_request, response) => response.writeHead(200).end(packed)
    expect(await download()).toBeUndefined()
    await expectWhole()
    await rm(join(folder, 'x.gz'))
    await writeFile(join(folder, 'x.gz.part'), Buffer.alloc(packed.length + 10))
    handler = (request, response) => {
      if (request.headers.range) response.writeHead(416).end()
      else response.writeHead(200).end(packed)
    }
    expect(await download()).toBeUndefined()
    await expectWhole()
  })

  it('does not trust a part of another file', async () => {
    await writeFile(join(folder, 'x.gz.part'), Buffer.alloc(5000, 1))
    handler = serve(packed)
    expect(await download()).toBeUndefined()
    await expectWhole()
  })

  it('goes on to the next mirror after a corrupt one', async () => {
    const good = serve(packed)
    const bad = serve(gzipSync(content.map((byte) => byte ^ 1)))
    handler = (request, response) =>
      (request.url?.startsWith('/bad/') ? bad : good)(request, response)
    expect(await download([`${base}bad/`, base])).toBeUndefined()
    await expectWhole()
  })

  it('says what each mirror said when none works, and publishes nothing', async () => {
    handler = (request, response) => {
      if (request.url === '/missing/x.gz') response.writeHead(404).end()
      else if (request.url === '/broken/x.gz') response.writeHead(503).end()
      else response.writeHead(200).end('<html>Sign in</html>')
    }
    const failures = await download([
      `${base}missing/`,
      `${base}broken/`,
      base,
      'http://127.0.0.1:9/',
    ])
    expect(failures?.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('404'),
      expect.stringContaining('503'),
      expect.stringContaining('not whole gzip'),
      expect.any(String),
    ])
    expect(await readdir(folder)).not.toContain('x.gz')
  })
})

describe('prepareDataset with a download', () => {
  const deps = () => ({ cwd: folder, env: {}, progress: silentProgress, logger: silentLogger })

  it('fetches what is missing from data.raw, once', async () => {
    const { config, files } = idxFixture({ mirrors: [base] })
    handler = (request, response) =>
      serve(gzipSync(files[request.url!.slice(1, -3)]!))(request, response)
    expect((await prepareDataset(config, deps())).manifest.splits.test.size).toBe(30)
    expect(requests).toHaveLength(4)
    await prepareDataset(config, deps(), { force: true })
    expect(requests).toHaveLength(4)
  })

  it('says how to provide the files by hand when no mirror answers', async () => {
    handler = (_request, response) => response.writeHead(404).end()
    const { config } = idxFixture({ mirrors: [base] })
    await expect(prepareDataset(config, deps())).rejects.toMatchObject({
      code: 'DATA_DOWNLOAD',
      message: expect.stringContaining(`${base}train-images.gz: it answered 404`),
      hint: expect.stringContaining('TINY_NOISE_DIR'),
    })
  })
})
