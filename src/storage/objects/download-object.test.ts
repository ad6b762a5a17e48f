import {
  copyFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { md5Of, randomBytes } from '../../../test/support/object-store-contract.ts'
import { downloadObject } from './download-object.ts'
import { openFileStore } from './file-store.ts'
import type { ObjectStore } from './object-store.ts'

const bytes = randomBytes(1, 5_000_000)
let folder: string
let path: string
let store: ObjectStore
let starts: number[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-download-object-'))
  path = join(folder, 'x')
  starts = []
  const files = openFileStore(join(folder, 'store'))
  await files.write('x', bytes)
  store = {
    ...files,
    read: (key, options) => {
      starts.push(options?.start ?? 0)
      return files.read(key, options)
    },
  }
})
afterEach(() => rm(folder, { recursive: true }))

const parts = async () => (await readdir(folder)).filter((name) => name.endsWith('.part'))

/** Ends a download in its middle as a killed process would: nothing is said about the part. */
async function killedDownload(): Promise<string> {
  const stop = new AbortController()
  const options = {
    md5: md5Of(bytes),
    signal: stop.signal,
    onProgress: (done: number) => {
      if (done > 2_000_000) stop.abort()
    },
  }
  await expect(downloadObject(store, 'x', path, options)).rejects.toThrow()
  const [part] = await parts()
  const file = join(folder, part!)
  await utimes(file, new Date(), new Date())
  return file
}

describe('downloadObject', () => {
  it('goes on from what a killed process left, which may as well still live', async () => {
    const part = await killedDownload()
    await downloadObject(store, 'x', path, { md5: md5Of(bytes) })
    expect(starts[1]).toBeGreaterThan(2_000_000)
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
    expect(await parts()).toEqual([])
    // the process that lived after all writes to a file that nobody looks at
    await writeFile(part, 'late')
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
  })

  it('begins anew when what was left is damaged or too long', async () => {
    const part = await killedDownload()
    await writeFile(part, randomBytes(2, 3_000_000))
    await downloadObject(store, 'x', path, { md5: md5Of(bytes) })
    expect(starts.slice(1)).toEqual([3_000_000, 0])
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
    await writeFile(part, randomBytes(2, 6_000_000))
    await downloadObject(store, 'x', path, { md5: md5Of(bytes) })
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
  })

  it('needs to read nothing when all was there already', async () => {
    const part = await killedDownload()
    await writeFile(part, bytes)
    await downloadObject(store, 'x', path, { md5: md5Of(bytes), size: bytes.length })
    expect(starts).toHaveLength(1)
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
  })

  it('does not take the beginning of another object, or of another state of this one', async () => {
    const part = await killedDownload()
    await store.write('x', randomBytes(3, 5_000_000))
    await downloadObject(store, 'x', path)
    expect(starts[1]).toBe(0)
    expect(md5Of(await readFile(path))).toBe(md5Of(randomBytes(3, 5_000_000)))
    expect(await parts()).toEqual([part.slice(folder.length + 1)])
  })

  it('lets several go on from one part, and from parts in every slot', async () => {
    const part = await killedDownload()
    for (const slot of [1, 2, 3]) {
      const copy = part.replace(/\d\.part$/, `${slot}.part`)
      await copyFile(part, copy)
      await truncate(copy, slot * 1000)
    }
    const all = Array.from({ length: 4 }, () =>
      downloadObject(store, 'x', path, { md5: md5Of(bytes) }),
    )
    await Promise.all(all)
    expect(md5Of(await readFile(path))).toBe(md5Of(bytes))
    expect(await parts()).toEqual([])
  })

  it('reads several ranges of a large object at once, in order, each once', async () => {
    const large = randomBytes(4, 40 << 20)
    await store.write('large', large)
    const fast = { ...store, parallelReads: 3 }
    const progress: number[] = []
    await downloadObject(fast, 'large', path, {
      onProgress: (done) => {
        progress.push(done)
      },
    })
    expect(starts).toEqual([0, 8, 16, 24, 32].map((start) => start << 20))
    expect(progress).toEqual([...progress].sort((a, b) => a - b))
    expect(md5Of(await readFile(path))).toBe(md5Of(large))
  })
})
