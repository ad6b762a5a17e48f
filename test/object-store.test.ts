/** The contract of the stores of objects on all of them; the real emulators with ATELIER_TEST=full. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { createBuckets } from './support/object-bucket-model.ts'
import {
  type Emulator,
  hasFakeGcs,
  hasMoto,
  startFakeGcs,
  startMoto,
} from './support/object-emulators.ts'
import { gcsModel, serveGcs } from './support/object-gcs-server.ts'
import { s3Model, serveS3 } from './support/object-s3-server.ts'
import { describeObjectStore } from './support/object-store-contract.ts'
import {
  serveObjects,
  startServer,
  type TestServer,
  type WebObject,
} from './support/object-web-server.ts'
import { leftOut } from './support/only-in-full.ts'

describe('openObjectStore of a folder', () => {
  let folder = ''
  let count = 0
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-file-store-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  describeObjectStore(() => ({
    withoutMd5: true,
    fresh: async () => ({ url: join(folder, `ö place ${++count}`), options: {} }),
    async put({ url }, key, bytes) {
      await mkdir(dirname(join(url, key)), { recursive: true })
      await writeFile(join(url, key), bytes)
    },
  }))
})

describe('openObjectStore of a web address', () => {
  const objects = new Map<string, WebObject>()
  let server: TestServer
  let count = 0
  beforeAll(async () => {
    server = await startServer(serveObjects(objects))
  })
  afterAll(() => server.close())

  describeObjectStore(() => ({
    readOnly: true,
    fresh: async () => ({ url: `${server.url}/p${++count}`, options: {} }),
    async put({ url }, key, bytes) {
      objects.set(`${new URL(url).pathname.slice(1)}/${key}`, { bytes, modified: Date.now() })
    },
  }))
})

describe('openObjectStore of S3, emulated', () => {
  const model = s3Model(createBuckets('bucket'))
  let server: TestServer
  let count = 0
  beforeAll(async () => {
    server = await startServer(serveS3(model))
  })
  afterAll(() => server.close())

  describeObjectStore(() => ({
    fresh: async () => ({
      url: `s3://bucket/ö place ${++count}`,
      options: { s3: { endpoint: server.url, accessKeyId: 'id', secretAccessKey: 'secret' } },
    }),
    async put({ url }, key, bytes) {
      model.put('bucket', `${url.slice('s3://bucket/'.length)}/${key}`, Buffer.from(bytes))
    },
  }))
})

describe('openObjectStore of Google Cloud Storage, emulated', () => {
  const model = gcsModel(createBuckets('bucket'))
  let server: TestServer
  let count = 0
  beforeAll(async () => {
    server = await startServer(serveGcs(model))
  })
  afterAll(() => server.close())

  describeObjectStore(() => ({
    fresh: async () => ({
      url: `gs://bucket/ö place ${++count}`,
      options: { gs: { endpoint: server.url } },
    }),
    async put({ url }, key, bytes) {
      model.put('bucket', `${url.slice('gs://bucket/'.length)}/${key}`, Buffer.from(bytes))
    },
  }))
})

const MINUTE = 60_000

const noMoto = leftOut(hasMoto, 'Python package moto[server]')
describe.skipIf(noMoto)(`openObjectStore of S3 in moto${noMoto}`, () => {
  let emulator: Emulator
  let count = 0
  beforeAll(async () => {
    emulator = await startMoto('bucket')
  }, MINUTE)
  afterAll(() => emulator?.stop())

  describeObjectStore(() => ({
    partBytes: 5 << 20,
    fresh: async () => ({
      url: `s3://bucket/ö place ${++count}`,
      options: { s3: { endpoint: emulator.url, accessKeyId: 'id', secretAccessKey: 'secret' } },
    }),
    async put({ url }, key, bytes) {
      const path = `${url.slice('s3://'.length)}/${key}`
        .split('/')
        .map(encodeURIComponent)
        .join('/')
      // it looks at the name alone
      const authorization = 'AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/s3/aws4_request'
      const { status } = await fetch(`${emulator.url}/${path}`, {
        method: 'PUT',
        headers: { authorization },
        body: Buffer.from(bytes),
      })
      if (status !== 200) throw new Error(`moto answered ${status}`)
    },
  }))
})

const noFakeGcs = leftOut(hasFakeGcs, 'fake-gcs-server on the path or in FAKE_GCS_SERVER')
describe.skipIf(noFakeGcs)(
  `openObjectStore of Google Cloud Storage in fake-gcs-server${noFakeGcs}`,
  () => {
    let emulator: Emulator
    let count = 0
    beforeAll(async () => {
      emulator = await startFakeGcs('bucket')
    }, MINUTE)
    afterAll(() => emulator?.stop())

    describeObjectStore(() => ({
      fresh: async () => ({
        url: `gs://bucket/ö place ${++count}`,
        options: { gs: { endpoint: emulator.url } },
      }),
      async put({ url }, key, bytes) {
        const name = encodeURIComponent(`${url.slice('gs://bucket/'.length)}/${key}`)
        const path = `/upload/storage/v1/b/bucket/o?uploadType=media&name=${name}`
        const body = Buffer.from(bytes)
        const { status } = await fetch(`${emulator.url}${path}`, { method: 'POST', body })
        if (status !== 200) throw new Error(`fake-gcs-server answered ${status}`)
      },
    }))
  },
)
