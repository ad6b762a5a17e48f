/** Objects that are larger than the memory they may take; with ATELIER_TEST=full. */
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  downloadObject,
  type ObjectStore,
  type ObjectStoreOptions,
  openObjectStore,
} from '../src/storage/index.ts'
import {
  type Emulator,
  hasFakeGcs,
  hasMoto,
  startFakeGcs,
  startMoto,
} from './support/object-emulators.ts'
import { FULL, leftOut } from './support/only-in-full.ts'

const MINUTES = 300_000
const MB = 1 << 20
/** What travels at once is held in memory, and garbage takes its time. */
const MEMORY = 320 * MB

let folder = ''
beforeAll(async () => {
  if (FULL) folder = await mkdtemp(join(tmpdir(), 'atelier-large-'))
})
afterAll(async () => {
  if (folder !== '') await rm(folder, { recursive: true })
})

/** A file with holes, but for a few bytes that tell places apart. */
async function sparseFile(size: number): Promise<string> {
  const path = join(folder, `sparse-${size}`)
  const file = await open(path, 'w')
  for (let at = 0; at < size; at += 50 * MB + 7) await file.write(`byte ${at}`, at)
  await file.truncate(size)
  await file.close()
  return path
}

/** Writes and fetches the file; returns how much memory the process grew by at most. */
async function roundTrip(store: ObjectStore, size: number): Promise<number> {
  const path = await sparseFile(size)
  const before = process.memoryUsage.rss()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  const { md5 } = await store.write('large', { path })
  const copy = join(folder, 'copy')
  await downloadObject(store, 'large', copy, { md5, size })
  clearInterval(timer)
  expect((await stat(copy)).size).toBe(size)
  await rm(copy)
  await store.delete('large')
  return most - before
}

const noTime = leftOut()
describe.skipIf(noTime)(`2 GB in a folder${noTime}`, () => {
  it('pass through little memory', { timeout: MINUTES }, async () => {
    const store = await openObjectStore(join(folder, 'store'))
    expect(await roundTrip(store, 2048 * MB)).toBeLessThan(MEMORY)
  })
})

function describeEmulated(
  title: string,
  start: (bucket: string) => Promise<Emulator>,
  place: (endpoint: string) => { url: string; options: ObjectStoreOptions },
): void {
  describe.skipIf(title.includes('left out'))(title, () => {
    let emulator: Emulator
    beforeAll(async () => {
      emulator = await start('bucket')
    }, MINUTES)
    afterAll(() => emulator?.stop())

    it('pass through little memory', { timeout: MINUTES }, async () => {
      const { url, options } = place(emulator.url)
      const store = await openObjectStore(url, options)
      expect(await roundTrip(store, 200 * MB)).toBeLessThan(MEMORY)
      await store.close()
    })
  })
}

describeEmulated(`200 MB in moto${leftOut(hasMoto, 'moto[server]')}`, startMoto, (endpoint) => ({
  url: 's3://bucket',
  options: { s3: { endpoint, accessKeyId: 'id', secretAccessKey: 'secret' } },
}))
describeEmulated(
  `200 MB in fake-gcs-server${leftOut(hasFakeGcs, 'fake-gcs-server')}`,
  startFakeGcs,
  (endpoint) => ({ url: 'gs://bucket', options: { gs: { endpoint } } }),
)
