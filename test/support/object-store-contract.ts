/** What every store of objects must do, wherever it keeps them. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../src/core/index.ts'
import {
  downloadObject,
  existingKeys,
  forEachConcurrent,
  type ObjectInfo,
  type ObjectStore,
  type ObjectStoreOptions,
  openObjectStore,
  readObjectUrl,
} from '../../src/storage/index.ts'

export interface ObjectPlace {
  readonly url: string
  readonly options: ObjectStoreOptions
}

export interface ObjectStoreHarness {
  /** An empty place. */
  fresh(): Promise<ObjectPlace>
  /** Puts an object there behind the store's back. */
  put(place: ObjectPlace, key: string, bytes: Uint8Array): Promise<void>
  readonly readOnly?: boolean
  /** Does not keep the checksum of a whole object beside it. */
  readonly withoutMd5?: boolean
  /** The smallest part of a large object that it takes; 1 MiB when left out. */
  readonly partBytes?: number
}

export const bytesOf = (text: string) => new TextEncoder().encode(text)
export const md5Of = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex')

/** Bytes without a pattern, the same for the same seed. */
export function randomBytes(seed: number, length: number): Uint8Array {
  return createHash('shake256', { outputLength: length }).update(String(seed)).digest()
}

export async function readAll(
  store: ObjectStore,
  key: string,
  options?: Parameters<ObjectStore['read']>[1],
): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of await store.read(key, options)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function listAll(store: ObjectStore, prefix = ''): Promise<ObjectInfo[]> {
  const found: ObjectInfo[] = []
  for await (const info of store.list(prefix)) found.push(info)
  return found
}

const ODD_KEYS = [
  'a',
  'deep/er/und tiefer/ö.txt',
  'blank at end /x y',
  '%2e%2e/%2F.txt',
  'percent%',
  'plus+and&equals=?query#fragment',
  '.hidden/.also',
  '…/日本語/🙂.bin',
  'e\u0301 and é',
  'quotes\'"`$(x);|<>*~^!@[]{},',
  `long/${'n'.repeat(200)}`,
]

const BAD_KEYS = [
  '',
  '/absolute',
  'a//b',
  'a/',
  '..',
  '../up',
  'a/../b',
  'a/..',
  './a',
  'a/./b',
  'a\\b',
  'nul\0',
  'line\n',
  'half \ud83d',
  'k'.repeat(1025),
]

export function describeObjectStore(harness: () => ObjectStoreHarness): void {
  const open: ObjectStore[] = []
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atelier-objects-'))
  })
  afterAll(() => rm(folder, { recursive: true }))
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close()
  })
  const openAt = async (place: ObjectPlace, more: ObjectStoreOptions = {}) => {
    const store = await openObjectStore(place.url, { ...place.options, ...more })
    open.push(store)
    return store
  }
  /** An open store with these objects in it. */
  const filled = async (objects: Record<string, Uint8Array | string>) => {
    const place = await harness().fresh()
    for (const [key, content] of Object.entries(objects)) {
      await harness().put(place, key, typeof content === 'string' ? bytesOf(content) : content)
    }
    return { place, store: await openAt(place) }
  }

  describe('reading', () => {
    it('tells size, time and identity of an object, and nothing of one that is not there', async () => {
      const { store } = await filled({ 'a/b.txt': 'hello' })
      const info = (await store.stat('a/b.txt'))!
      expect(info).toMatchObject({ key: 'a/b.txt', size: 5, etag: expect.any(String) })
      expect(Math.abs(info.modified! - Date.now())).toBeLessThan(120_000)
      for (const missing of ['a/c.txt', 'a', 'a/b.txt/c', 'A/b.txt', 'a/b.tx']) {
        expect(await store.stat(missing)).toBeUndefined()
        await expect(store.read(missing)).rejects.toMatchObject({
          code: 'OBJECT_NOT_FOUND',
          message: expect.stringContaining(missing),
        })
      }
    })

    it('gives the bytes, all or of a range', async () => {
      const bytes = randomBytes(1, 300_000)
      const { store } = await filled({ x: bytes })
      expect(md5Of(await readAll(store, 'x'))).toBe(md5Of(bytes))
      const ranges = [
        [0, 1],
        [299_999, 300_000],
        [100, 200_000],
        [5, undefined],
        [299_000, 400_000],
        [300_000, 300_001],
        [300_000, undefined],
        [400_000, undefined],
        [400_000, 500_000],
        [7, 7],
        [9, 3],
      ] as const
      for (const [start, end] of ranges) {
        const got = await readAll(store, 'x', end === undefined ? { start } : { start, end })
        const wanted = bytes.subarray(start, Math.max(start, end ?? bytes.length))
        expect(got.equals(wanted), `[${start}, ${end})`).toBe(true)
      }
      await expect(store.read('y', { start: 3, end: 3 })).rejects.toMatchObject({
        code: 'OBJECT_NOT_FOUND',
      })
    })

    it('knows an object without bytes', async () => {
      const { store } = await filled({ empty: '' })
      expect(await store.stat('empty')).toMatchObject({ size: 0 })
      for (const options of [{}, { start: 0 }, { start: 0, end: 10 }, { start: 5 }])
        expect(await readAll(store, 'empty', options)).toHaveLength(0)
    })

    it('takes names of every script and kind', async () => {
      const { store } = await filled(Object.fromEntries(ODD_KEYS.map((key) => [key, `at ${key}`])))
      for (const key of ODD_KEYS) {
        expect((await readAll(store, key)).toString()).toBe(`at ${key}`)
        expect(await store.stat(key)).toMatchObject({ key })
      }
    })

    it.each(BAD_KEYS.map((key) => ({ key, shown: JSON.stringify(key.slice(0, 20)) })))(
      'refuses the key $shown',
      async ({ key }) => {
        const { store } = await filled({ a: 'x' })
        const error = { code: 'STORAGE_INVALID_URL' }
        await expect(store.stat(key)).rejects.toMatchObject(error)
        await expect(store.read(key)).rejects.toMatchObject(error)
        if (harness().readOnly) return
        await expect(store.write(key, bytesOf('x'))).rejects.toMatchObject(error)
        await expect(store.delete(key)).rejects.toMatchObject(error)
      },
    )

    it('may be left half-way, and stopped', async () => {
      const { store } = await filled({ x: randomBytes(2, 3_000_000) })
      for await (const chunk of await store.read('x')) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      const stop = new AbortController()
      const reading = (async () => {
        for await (const _ of await store.read('x', { signal: stop.signal }))
          stop.abort(new Error('enough'))
      })()
      await expect(reading).rejects.toThrow('enough')
      await expect(store.stat('x')).resolves.toMatchObject({ size: 3_000_000 })
    })

    it('refuses to read another state of an object than the one wanted', async () => {
      const { place, store } = await filled({ x: 'first' })
      const { etag } = (await store.stat('x'))!
      expect((await readAll(store, 'x', { etag })).toString()).toBe('first')
      await harness().put(place, 'x', bytesOf('then second'))
      await expect(store.read('x', { etag })).rejects.toMatchObject({ code: 'OBJECT_CHANGED' })
    })

    it('serves many at once', async () => {
      const { store } = await filled(
        Object.fromEntries(
          Array.from({ length: 40 }, (_, i) => [`n/${i}`, randomBytes(i, 10_000)]),
        ),
      )
      const right: number[] = []
      const keys = Array.from({ length: 40 }, (_, i) => i)
      await forEachConcurrent(keys, 12, async (i) => {
        const got = await readAll(store, `n/${i}`)
        if (got.equals(randomBytes(i, 10_000))) right.push(i)
      })
      expect(right).toHaveLength(40)
    })
  })

  describe('existingKeys', () => {
    it('tells which of many objects are there', async () => {
      const all = Array.from({ length: 30 }, (_, i) => `f/${i % 3}/${i}`)
      const some = all.filter((_, i) => i % 2 === 0)
      const { store } = await filled(Object.fromEntries(some.map((key) => [key, 'x'])))
      expect(await existingKeys(store, all)).toEqual(new Set(some))
      expect(await existingKeys(store, ['f/0/0', 'g/1', 'f/1/1'])).toEqual(new Set(['f/0/0']))
      expect(await existingKeys(store, [])).toEqual(new Set())
    })
  })

  describe('downloadObject', () => {
    it('writes the file and leaves nothing beside it', async () => {
      const bytes = randomBytes(3, 700_000)
      const { store } = await filled({ 'm/model.bin': bytes })
      const path = join(folder, `${Math.random()}`, 'model.bin')
      const progress: number[] = []
      await downloadObject(store, 'm/model.bin', path, {
        md5: md5Of(bytes),
        sha256: sha256(bytes),
        size: bytes.length,
        onProgress: (done) => progress.push(done),
      })
      expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
      expect(progress.at(-1)).toBe(bytes.length)
      expect(await readdir(join(path, '..'))).toEqual(['model.bin'])
    })

    it('goes on where it was stopped', async () => {
      const bytes = randomBytes(4, 4_000_000)
      const { store } = await filled({ x: bytes })
      const path = join(folder, `${Math.random()}`, 'x')
      const stop = new AbortController()
      const onProgress = (done: number) => {
        if (done > 0) stop.abort(new Error('stopped'))
      }
      const first = downloadObject(store, 'x', path, { signal: stop.signal, onProgress })
      await expect(first).rejects.toThrow('stopped')
      expect(await readdir(join(path, '..'))).toEqual([expect.stringMatching(/^\.x\..*\.part$/)])
      const progress: number[] = []
      await downloadObject(store, 'x', path, { onProgress: (done) => progress.push(done) })
      expect(progress[0]).toBeGreaterThan(0)
      expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
      expect(await readdir(join(path, '..'))).toEqual(['x'])
    })

    it('keeps the file that is there when the checksum or the size is another', async () => {
      const { store } = await filled({ x: 'other bytes' })
      const path = join(folder, 'kept')
      await writeFile(path, 'old')
      const attempts = [{ md5: md5Of(bytesOf('no')) }, { sha256: sha256('no') }, { size: 3 }]
      for (const wanted of attempts) {
        const download = downloadObject(store, 'x', path, wanted)
        await expect(download).rejects.toMatchObject({ code: 'STORAGE_CHECKSUM' })
      }
      await expect(downloadObject(store, 'y', path)).rejects.toMatchObject({
        code: 'OBJECT_NOT_FOUND',
      })
      expect(await readFile(path, 'utf8')).toBe('old')
      expect((await readdir(folder)).filter((name) => name.startsWith('.kept'))).toEqual([])
    })

    it('fetches one file several times at once', async () => {
      const bytes = randomBytes(5, 900_000)
      const { store } = await filled({ x: bytes })
      const path = join(folder, `${Math.random()}`, 'x')
      await Promise.all(Array.from({ length: 5 }, () => downloadObject(store, 'x', path)))
      expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
      expect(await readdir(join(path, '..'))).toEqual(['x'])
    })
  })

  describe('readObjectUrl', () => {
    it('gives one object by its whole address, up to a size', async () => {
      const { place } = await filled({ 'm/ö model.onnx': 'the model' })
      const url = `${place.url}/m/${place.url.startsWith('http') ? '%C3%B6%20model' : 'ö model'}.onnx`
      const read = (more: object) =>
        readObjectUrl(url, { ...place.options, maxBytes: 9, ...more }).then((bytes) =>
          Buffer.from(bytes).toString(),
        )
      expect(await read({ sha256: sha256('the model') })).toBe('the model')
      await expect(read({ maxBytes: 8 })).rejects.toMatchObject({ code: 'OBJECT_TOO_LARGE' })
      await expect(read({ sha256: sha256('other') })).rejects.toMatchObject({
        code: 'STORAGE_CHECKSUM',
      })
      await expect(
        readObjectUrl(`${place.url}/none`, { ...place.options, maxBytes: 8 }),
      ).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
    })
  })

  if (harness().readOnly) return
  describeWriting(harness, openAt, filled, () => folder)
}

function describeWriting(
  harness: () => ObjectStoreHarness,
  openAt: (place: ObjectPlace, more?: ObjectStoreOptions) => Promise<ObjectStore>,
  filled: (
    objects: Record<string, Uint8Array | string>,
  ) => Promise<{ place: ObjectPlace; store: ObjectStore }>,
  folder: () => string,
): void {
  const fresh = async () => openAt(await harness().fresh())

  describe('writing', () => {
    it('writes from memory and from a file, and replaces', async () => {
      const store = await fresh()
      const path = join(folder(), 'source')
      await writeFile(path, 'from a file')
      const md5 = md5Of(bytesOf('from a file'))
      expect(await store.write('d/x', bytesOf('from memory'))).toMatchObject({
        key: 'd/x',
        size: 11,
      })
      expect((await readAll(store, 'd/x')).toString()).toBe('from memory')
      const info = await store.write('d/x', { path }, { md5, contentType: 'text/plain' })
      expect(info).toMatchObject({ size: 11, md5 })
      expect((await readAll(store, 'd/x')).toString()).toBe('from a file')
      const { key, size, etag } = (await store.stat('d/x'))!
      expect({ key, size, etag }).toEqual({ key: 'd/x', size: 11, etag: info.etag })
      expect((await store.write('empty', new Uint8Array())).size).toBe(0)
      expect(await store.stat('empty')).toMatchObject({ size: 0 })
    })

    it('takes names of every script and kind', async () => {
      const store = await fresh()
      for (const key of ODD_KEYS) await store.write(key, bytesOf(key))
      for (const key of ODD_KEYS) expect((await readAll(store, key)).toString()).toBe(key)
      expect((await listAll(store)).map(({ key }) => key).sort()).toEqual([...ODD_KEYS].sort())
      for (const key of ODD_KEYS) await store.delete(key)
      expect(await listAll(store)).toEqual([])
    })

    it('writes nothing when the checksum is another or the file is not there', async () => {
      const store = await fresh()
      await store.write('x', bytesOf('old'))
      const md5 = md5Of(bytesOf('wanted'))
      const error = { code: 'STORAGE_CHECKSUM', message: expect.stringContaining(md5) }
      await expect(store.write('x', bytesOf('got'), { md5 })).rejects.toMatchObject(error)
      await expect(store.write('new', bytesOf('got'), { md5 })).rejects.toMatchObject(error)
      const missing = store.write('x', { path: join(folder(), 'nowhere') })
      await expect(missing).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
      expect((await listAll(store)).map(({ key }) => key)).toEqual(['x'])
      expect((await readAll(store, 'x')).toString()).toBe('old')
    })

    it('leaves an object alone with ifAbsent; of many that want one name, one gets it', async () => {
      const store = await fresh()
      await store.write('x', bytesOf('first'), { ifAbsent: true })
      await expect(store.write('x', bytesOf('second'), { ifAbsent: true })).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      })
      expect((await readAll(store, 'x')).toString()).toBe('first')
      const writers = Array.from({ length: 8 }, (_, i) =>
        store.write('race', bytesOf(`writer ${i}`), { ifAbsent: true }).then(
          () => i,
          (error: { code: string }) => error.code,
        ),
      )
      const results = await Promise.all(writers)
      const winners = results.filter((result) => typeof result === 'number')
      expect(winners).toHaveLength(1)
      expect(new Set(results)).toEqual(new Set([winners[0], 'OBJECT_EXISTS']))
      expect((await readAll(store, 'race')).toString()).toBe(`writer ${winners[0]}`)
    })

    it('is all or nothing for those who read meanwhile', async () => {
      const store = await fresh()
      const states = [1, 2, 3].map((seed) => randomBytes(seed, 400_000))
      const known = new Set(states.map(md5Of))
      await store.write('x', states[0]!)
      let writing = true
      const writers = Promise.all(
        states.map(async (state) => {
          for (let i = 0; i < 3; i++) await store.write('x', state)
        }),
      ).finally(() => {
        writing = false
      })
      while (writing) {
        const read = await readAll(store, 'x').catch((error: { code: string }) => error.code)
        // it may say that it cannot give one state; it must not mix two
        if (read !== 'OBJECT_CHANGED') expect(known).toContain(md5Of(read as Buffer))
      }
      await writers
      expect((await listAll(store)).map(({ key }) => key)).toEqual(['x'])
    })

    it('writes nothing once it is stopped', async () => {
      const store = await fresh()
      const signal = AbortSignal.abort(new Error('stopped'))
      await expect(store.write('x', bytesOf('x'), { signal })).rejects.toThrow('stopped')
      expect(await listAll(store)).toEqual([])
    })

    it('cuts a large object into parts', async () => {
      const { partBytes = 1 << 20 } = harness()
      const place = await harness().fresh()
      const store = await openAt(place, { partBytes, connections: 2 })
      const bytes = randomBytes(6, Math.floor(2.4 * partBytes))
      const path = join(folder(), 'large')
      await writeFile(path, bytes)
      const progress: number[] = []
      const onProgress = (done: number) => progress.push(done)
      const info = await store.write('large', { path }, { onProgress, ifAbsent: true })
      expect(info).toMatchObject({ size: bytes.length, md5: md5Of(bytes) })
      expect(progress.at(-1)).toBe(bytes.length)
      expect(progress).toEqual([...progress].sort((a, b) => a - b))
      expect(md5Of(await readAll(store, 'large'))).toBe(md5Of(bytes))
      await expect(store.write('large', bytes, { ifAbsent: true })).rejects.toMatchObject({
        code: 'OBJECT_EXISTS',
      })
      if (!harness().withoutMd5) expect((await store.stat('large'))?.md5).toBe(md5Of(bytes))
    })
  })

  describe('list and delete', () => {
    it('lists what begins with a prefix, in the order of bytes', async () => {
      const keys = ['a', 'a!b', 'a/b', 'a/b/c', 'a/c', 'a0', 'ab', 'b/\uffee', 'b/😀', 'zä', 'zz']
      // a folder cannot hold a file and a folder of one name
      const possible = keys.filter((key) => !['a', 'a/b'].includes(key))
      const { store } = await filled(Object.fromEntries(possible.map((key) => [key, key])))
      const listed = async (prefix: string) => (await listAll(store, prefix)).map(({ key }) => key)
      const inOrder = [...possible].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      expect(await listed('')).toEqual(inOrder)
      for (const prefix of ['a', 'a/', 'a/b', 'a/b/', 'b/', 'z', 'zä', 'none', 'none/x', 'a/b/c/d'])
        expect(await listed(prefix), prefix).toEqual(
          inOrder.filter((key) => key.startsWith(prefix)),
        )
      const [first] = await listAll(store, 'ab')
      expect(first).toMatchObject({ key: 'ab', size: 2, modified: expect.any(Number) })
    })

    it.each(['../', '/', 'a/../', 'a//', 'a\\', 'a\0'])('refuses the prefix %j', async (prefix) => {
      const store = await fresh()
      await expect(listAll(store, prefix)).rejects.toMatchObject({ code: 'STORAGE_INVALID_URL' })
    })

    it('lists an empty place, and more than one page', async () => {
      const { place, store } = await filled({})
      expect(await listAll(store)).toEqual([])
      const keys = Array.from({ length: 1203 }, (_, i) => `p/${String(i).padStart(5, '0')}`)
      await forEachConcurrent(keys, 16, (key) => harness().put(place, key, bytesOf(key)))
      expect((await listAll(store, 'p/')).map(({ key }) => key)).toEqual(keys)
      let seen = 0
      for await (const _ of store.list('')) if (++seen === 3) break
      expect(seen).toBe(3)
    })

    it('sees only its own part of a shared place', async () => {
      const { place, store } = await filled({ 'inner/x': 'in', 'inner2/x': 'beside', x: 'out' })
      const inner = await openAt({ ...place, url: `${place.url}/inner` })
      expect((await listAll(inner)).map(({ key }) => key)).toEqual(['x'])
      expect((await readAll(inner, 'x')).toString()).toBe('in')
      await inner.write('y', bytesOf('y'))
      await inner.delete('x')
      expect((await listAll(store)).map(({ key }) => key)).toEqual(['inner/y', 'inner2/x', 'x'])
    })

    it('deletes, also what is not there', async () => {
      const { store } = await filled({ 'a/x': 'x', 'a/y': 'y' })
      await store.delete('a/x')
      await store.delete('a/x')
      await store.delete('never/was')
      expect((await listAll(store)).map(({ key }) => key)).toEqual(['a/y'])
    })
  })
}
