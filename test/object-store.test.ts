/** The contract of the stores of objects on all of them; the real emulators with ATELIER_TEST=full. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { describeObjectStore } from './support/object-store-contract.ts'
import {
  serveObjects,
  startServer,
  type TestServer,
  type WebObject,
} from './support/object-web-server.ts'

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
