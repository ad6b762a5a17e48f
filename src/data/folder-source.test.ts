import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FolderDataConfig } from '../contracts/index.ts'
import { silentProgress } from '../core/index.ts'
import { preprocessImage } from '../image/index.ts'
import { openDataset } from './dataset.ts'
import { prepareDataset } from './prepare.ts'

let cwd: string
let warnings: string[]

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-folder-'))
  warnings = []
})

afterEach(() => rm(cwd, { recursive: true }))

const config: FolderDataConfig = {
  source: 'folder',
  name: 'photos',
  path: 'photos',
  processed: 'processed',
  geometry: { height: 10, width: 12, channels: 3 },
  validation: 0.2,
  test: 0.2,
  split_seed: 42,
}

const prepare = (overrides: Partial<FolderDataConfig> = {}) =>
  prepareDataset(
    { ...config, ...overrides },
    {
      cwd,
      env: {},
      progress: silentProgress,
      logger: { info: () => {}, warn: (text) => warnings.push(text) },
    },
  )

async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(cwd, path)), { recursive: true })
  await writeFile(join(cwd, path), bytes)
}

/** A picture of one colour, so that the prepared pixels tell which file they came from. */
function picture(red: number, format: 'png' | 'jpeg' | 'webp' = 'png'): Promise<Buffer> {
  const background = { r: red, g: 0, b: 255 - red }
  const raw = sharp({ create: { width: 20 + (red % 7), height: 31, channels: 3, background } })
  return raw.toFormat(format).toBuffer()
}

async function putClasses(root: string, classes: Readonly<Record<string, number>>, base = 0) {
  const formats = ['png', 'jpeg', 'webp'] as const
  for (const [c, [name, count]] of Object.entries(classes).entries()) {
    for (let i = 0; i < count; i++) {
      const format = formats[i % 3]!
      await put(`${root}/${name}/${i}.${format}`, await picture(base + c * 100 + i * 3, format))
    }
  }
}

describe('prepareDataset on an image folder', () => {
  it('reads all formats and sizes, classes by name, splits by seed', async () => {
    await putClasses('photos', { dog: 10, cat: 20 })
    const { manifest, folder } = await prepare()
    expect(manifest.classes).toEqual(['cat', 'dog'])
    expect(manifest.splits.test.class_counts).toEqual([4, 2])
    expect(manifest.splits.val.class_counts).toEqual([4, 2])
    expect(manifest.splits.train.class_counts).toEqual([12, 6])
    const train = await (await openDataset(folder)).load('train')
    expect(train.images.length).toBe(18 * 360)
  })

  it('gives the pixels that serving would give', async () => {
    await putClasses('photos/train', { cat: 3, dog: 3 })
    await putClasses('photos/val', { cat: 1, dog: 1 })
    await putClasses('photos/test', { cat: 1, dog: 1 })
    const noise = Uint8Array.from({ length: 50 * 41 * 3 }, (_, i) => (i * 7919) % 251)
    const photo = await sharp(noise, { raw: { width: 50, height: 41, channels: 3 } })
      .png()
      .toBuffer()
    await put('photos/train/cat/z.png', photo)
    const { folder } = await prepare({ validation: 2, test: 2 })
    const { images } = await (await openDataset(folder)).load('train')
    const spec = { geometry: config.geometry, color: 'rgb' } as const
    const wanted = Buffer.from(await preprocessImage(photo, spec))
    expect(Buffer.from(images).includes(wanted)).toBe(true)
  })

  it('respects train, val and test folders', async () => {
    await putClasses('photos/train', { cat: 5, dog: 4 })
    await putClasses('photos/valid', { cat: 2, dog: 1 }, 30)
    await putClasses('photos/test', { cat: 1, dog: 2 }, 60)
    const { manifest } = await prepare()
    expect(manifest.classes).toEqual(['cat', 'dog'])
    const counts = Object.values(manifest.splits).map(({ class_counts }) => class_counts)
    expect(counts).toEqual([
      [5, 4],
      [2, 1],
      [1, 2],
    ])
  })

  it('makes no test split when asked for none, and keeps the given validation folder', async () => {
    await putClasses('photos/train', { cat: 3, dog: 3 })
    await putClasses('photos/val', { cat: 1, dog: 1 }, 30)
    const { manifest } = await prepare({ test: 0, validation: 0 })
    expect(Object.values(manifest.splits).map(({ size }) => size)).toEqual([6, 2, 0])
  })

  it('refuses more pixels than a split can hold, before reading them', async () => {
    await putClasses('photos', { cat: 5, dog: 5 })
    for (let i = 0; i < 800; i++) await put(`photos/cat/many-${i}.png`, '')
    const geometry = { height: 1024, width: 1024, channels: 3 } as const
    await expect(prepare({ geometry })).rejects.toMatchObject({
      code: 'CONFIG_INVALID_VALUE',
      message: expect.stringContaining('810 images of 1024 x 1024 x 3'),
    })
  })

  it('leaves hidden files out, and names files that are not images', async () => {
    await putClasses('photos', { cat: 5, dog: 5 })
    await put('photos/.cache/x.png', 'hidden')
    await put('photos/cat/.DS_Store', 'hidden')
    await put('photos/cat/notes.txt', 'not an image')
    const { manifest } = await prepare()
    expect(manifest.classes).toEqual(['cat', 'dog'])
    expect(warnings).toEqual([expect.stringContaining('cat/notes.txt')])
  })

  it('names up to ten unreadable files and says how to go on', async () => {
    await putClasses('photos', { cat: 5, dog: 5 })
    for (let i = 10; i < 23; i++) await put(`photos/dog/bad-${i}.png`, 'no image')
    await expect(prepare()).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: expect.stringMatching(/13 of 23 .*bad-10\.png.*bad-19\.png.*and 3 more/s),
      hint: expect.stringContaining('Replace or delete'),
    })
  })

  it('wants a folder, two classes and enough images', async () => {
    await expect(prepare()).rejects.toMatchObject({ code: 'DATA_NOT_FOUND' })
    await putClasses('photos', { cat: 5 })
    await expect(prepare()).rejects.toMatchObject({ code: 'DATA_TOO_FEW' })
    await putClasses('photos', { dog: 2 })
    await expect(prepare()).rejects.toMatchObject({
      code: 'DATA_TOO_FEW',
      message: expect.stringContaining('dog (2)'),
    })
  })

  it('prepares anew when a file changes', async () => {
    await putClasses('photos', { cat: 5, dog: 5 })
    const first = await prepare()
    expect((await prepare()).changed).toBe(false)
    await put('photos/cat/0.png', await picture(99))
    await utimes(join(cwd, 'photos/cat/0.png'), 1, 1)
    const second = await prepare()
    expect(second.changed).toBe(true)
    expect(second.manifest.digest).not.toBe(first.manifest.digest)
  })
})
