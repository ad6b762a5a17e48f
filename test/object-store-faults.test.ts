/**
 * Stores of objects behind a network that breaks: whatever is reported as done is right, nothing half is
 * ever seen, and a call that failed can be repeated. More seeds and real emulators with ATELIER_TEST=full.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AtelierError, sha256 } from '../src/core/index.ts'
import {
  downloadObject,
  forEachConcurrent,
  type ObjectStore,
  type ObjectStoreOptions,
  openObjectStore,
  readObjectUrl,
} from '../src/storage/index.ts'
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts'
import { type BucketModel, createBuckets } from './support/object-bucket-model.ts'
import {
  type Emulator,
  hasFakeGcs,
  hasMoto,
  startFakeGcs,
  startMoto,
} from './support/object-emulators.ts'
import { gcsModel, serveGcs } from './support/object-gcs-server.ts'
import { s3Model, serveS3 } from './support/object-s3-server.ts'
import { listAll, md5Of, randomBytes, readAll } from './support/object-store-contract.ts'
import {
  serveObjects,
  startServer,
  type TestServer,
  type WebObject,
} from './support/object-web-server.ts'
import { FULL, leftOut } from './support/only-in-full.ts'

const SEEDS = FULL ? 40 : 3
const MINUTE = 60_000
const retry = {
  attempts: 5,
  budgetMs: 3000,
  firstDelayMs: 1,
  maxDelayMs: 8,
  attemptMs: 400,
  slowestBytesPerMs: 1e6,
  idleMs: 120,
}
const EXPECTED = /^(?:STORAGE_(?:UNREACHABLE|TIMEOUT|CHECKSUM)|OBJECT_CHANGED)$/
const seen = new Map<string, number>()

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-faults-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Objects {
  readonly small: Uint8Array
  readonly old: Uint8Array
  readonly large: Uint8Array
}

const objectsOf = (seed: number): Objects => ({
  small: randomBytes(seed, 20_000 + seed),
  old: randomBytes(seed + 0.3, 30_000),
  large: randomBytes(seed + 0.6, 1_300_000),
})

/** The work's result; undefined when it failed as a broken network makes it fail. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    expect(error).toBeInstanceOf(AtelierError)
    expect((error as AtelierError).code, (error as AtelierError).stack!).toMatch(EXPECTED)
    return undefined
  }
}

async function download(store: ObjectStore, key: string, path: string, bytes: Uint8Array) {
  await downloadObject(store, key, path, { sha256: sha256(bytes), size: bytes.length })
  expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
  return true
}

const WRITTEN = ['large', 'once-1', 'once-2', 'once-3', 'replaced', 'small-1', 'small-2', 'small-3']

/** What the objects written are to become. */
const contentOf = (key: string, { small, large }: Objects) =>
  key === 'large' || key === 'replaced' ? large : small

/** Every kind of work on a store that can be written to; `at` keeps the seeds apart. */
async function workOn(store: ObjectStore, at: string, objects: Objects, path: string) {
  const { old, large } = objects
  await forEachConcurrent(WRITTEN, 4, async (key) => {
    const bytes = contentOf(key, objects)
    const options = { md5: md5Of(bytes), ifAbsent: key.startsWith('once') }
    const info = await attempt(() => store.write(`${at}/${key}`, bytes, options))
    if (info !== undefined) expect(info).toMatchObject({ size: bytes.length, md5: md5Of(bytes) })
  })
  await forEachConcurrent(['old', 'old', 'old', 'old', 'replaced', 'replaced'], 3, async (key) => {
    const read = await attempt(() => readAll(store, `${at}/${key}`))
    if (read !== undefined) expect([md5Of(old), md5Of(large)]).toContain(md5Of(read))
  })
  const listed = await attempt(() => listAll(store, `${at}/`))
  const keys = listed?.map(({ key }) => key.slice(at.length + 1)) ?? ['old']
  expect(keys).toContain('old')
  expect(keys.filter((key) => ![...WRITTEN, 'gone', 'old'].includes(key))).toEqual([])
  await attempt(() => store.delete(`${at}/gone`))
  await attempt(() => download(store, `${at}/old`, path, old))
}

/** Now that the network is well, the same calls finish, and everything is as if it had always been. */
async function finish(store: ObjectStore, at: string, objects: Objects, path: string) {
  for (const key of WRITTEN) {
    const ifAbsent = key.startsWith('once')
    await store.write(`${at}/${key}`, contentOf(key, objects), { ifAbsent }).catch((error) => {
      expect([ifAbsent, error.code]).toEqual([true, 'OBJECT_EXISTS'])
    })
  }
  await store.delete(`${at}/gone`)
  const all = [...WRITTEN, 'old'].sort()
  expect((await listAll(store, `${at}/`)).map(({ key }) => key)).toEqual(
    all.map((key) => `${at}/${key}`),
  )
  for (const key of WRITTEN) {
    const sum = md5Of(contentOf(key, objects))
    expect(md5Of(await readAll(store, `${at}/${key}`)), key).toBe(sum)
  }
  await download(store, `${at}/old`, path, objects.old)
}

interface Harness {
  readonly target: string
  optionsFor(endpoint: string): ObjectStoreOptions
  readonly scheme: 'gs' | 's3'
  /** The least that parts of an object may have. */
  readonly partBytes: number
}

async function runSeed(seed: number, harness: Harness) {
  const { target, optionsFor, scheme, partBytes } = harness
  const objects = objectsOf(seed)
  const path = join(folder, `${scheme}-${seed}`, 'old')
  const direct = await openObjectStore(`${scheme}://bucket`, optionsFor(target))
  await direct.write(`${seed}/old`, objects.old)
  await direct.write(`${seed}/replaced`, objects.old)
  await direct.write(`${seed}/gone`, objects.old)
  const proxy = await startFaultProxy(target, seed)
  const url = `${scheme}://bucket`
  const open = (more: ObjectStoreOptions) =>
    openObjectStore(url, { ...optionsFor(proxy.url), partBytes, ...more })
  const broken = await open({ retry, random: () => 0.5 })
  try {
    await workOn(broken, String(seed), objects, path)
    await broken.close()
    count(proxy)
    proxy.calm()
    // with usual patience: a busy machine may be slow
    const well = await open({})
    await finish(well, String(seed), objects, path)
    await well.close()
    expect(await readdir(join(path, '..'))).toEqual(['old'])
  } finally {
    await proxy.close()
    await direct.close()
  }
}

function count({ faults }: FaultProxy): void {
  for (const fault of faults) seen.set(fault, (seen.get(fault) ?? 0) + 1)
}

/** Every state of an object that anybody could ever see must be one that somebody meant. */
function onlyWhole(model: BucketModel, seeds: number): void {
  const known = new Set<string>()
  for (let seed = 0; seed < seeds; seed++)
    for (const bytes of Object.values(objectsOf(seed))) known.add(md5Of(bytes))
  expect(model.history.length).toBeGreaterThan(seeds * 5)
  expect(model.history.filter((sum) => !known.has(sum))).toEqual([])
}

const seeds = Array.from({ length: SEEDS }, (_, seed) => seed)

describe('S3 behind a broken network', () => {
  const model = s3Model(createBuckets('bucket'))
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(serveS3(model))
  })
  afterAll(() => server.close())
  const optionsFor = (endpoint: string) => ({
    s3: { endpoint, accessKeyId: 'id', secretAccessKey: 'secret' },
  })

  it.each(seeds)('does what it says, and no more, with seed %d', async (seed) => {
    await runSeed(seed, { target: server.url, optionsFor, scheme: 's3', partBytes: 512 << 10 })
  })

  it('never showed a torn object', () => onlyWhole(model, SEEDS))
})

describe('Google Cloud Storage behind a broken network', () => {
  const model = gcsModel(createBuckets('bucket'))
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(serveGcs(model))
  })
  afterAll(() => server.close())
  const optionsFor = (endpoint: string) => ({ gs: { endpoint } })

  it.each(seeds)('does what it says, and no more, with seed %d', async (seed) => {
    await runSeed(seed, { target: server.url, optionsFor, scheme: 'gs', partBytes: 512 << 10 })
  })

  it('never showed a torn object', () => onlyWhole(model, SEEDS))
})

describe('a web address behind a broken network', () => {
  it.each([...seeds, SEEDS])('gives the right bytes or none, with seed %d', async (seed) => {
    const { large, small } = objectsOf(seed)
    const objects = new Map<string, WebObject>([
      ['large', { bytes: large, modified: 0 }],
      ['small', { bytes: small, modified: 0 }],
    ])
    const server = await startServer(serveObjects(objects))
    const proxy = await startFaultProxy(server.url, seed, 0.6)
    const store = await openObjectStore(proxy.url, { retry })
    const path = join(folder, `web-${seed}`, 'large')
    try {
      await attempt(() => download(store, 'large', path, large))
      await attempt(() => download(store, 'small', `${path}-small`, small))
      const options = { retry, maxBytes: 1e6, sha256: sha256(small) }
      const read = await attempt(() => readObjectUrl(`${proxy.url}/small`, options))
      if (read !== undefined) expect(md5Of(read)).toBe(md5Of(small))
      const info = await attempt(() => store.stat('small'))
      if (info !== undefined) expect(info.size).toBe(small.length)
      count(proxy)
      proxy.calm()
      const well = await openObjectStore(proxy.url)
      await download(well, 'large', path, large)
      await download(well, 'small', `${path}-small`, small)
      expect((await readdir(join(path, '..'))).sort()).toEqual(['large', 'large-small'])
    } finally {
      await proxy.close()
      await server.close()
    }
  })

  it('met every kind of fault in these tests', () => {
    expect([...seen.keys()].sort()).toHaveLength(9)
  })
})

const noMoto = leftOut(hasMoto, 'Python package moto[server]')
describe.skipIf(noMoto)(`moto behind a broken network${noMoto}`, () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startMoto('bucket')
  }, MINUTE)
  afterAll(() => emulator?.stop())

  it.each([100, 101, 102, 103, 104, 105])('does what it says with seed %d', async (seed) => {
    const optionsFor = (endpoint: string) => ({
      s3: { endpoint, accessKeyId: 'id', secretAccessKey: 'secret' },
    })
    await runSeed(seed, { target: emulator.url, optionsFor, scheme: 's3', partBytes: 5 << 20 })
  })
})

const noFakeGcs = leftOut(hasFakeGcs, 'fake-gcs-server on the path or in FAKE_GCS_SERVER')
describe.skipIf(noFakeGcs)(`fake-gcs-server behind a broken network${noFakeGcs}`, () => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startFakeGcs('bucket')
  }, MINUTE)
  afterAll(() => emulator?.stop())

  it.each([100, 101, 102, 103, 104, 105])('does what it says with seed %d', async (seed) => {
    const optionsFor = (endpoint: string) => ({ gs: { endpoint } })
    // each object at once: it takes the question how far an upload is for the upload's end
    await runSeed(seed, { target: emulator.url, optionsFor, scheme: 'gs', partBytes: 4 << 20 })
  })
})
