import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { idxFixture, writeIdxFiles } from '../../test/support/idx-files.ts'
import type { DataConfig } from '../contracts/index.ts'
import { silentLogger, silentProgress } from '../core/index.ts'
import { openConfiguredDataset, openDataset } from './dataset.ts'
import { prepareDataset } from './prepare.ts'
import type { DataDeps } from './source.ts'
import { openTestSplit } from './test-split.ts'

let cwd: string
let deps: DataDeps
const fixture = idxFixture()

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-data-'))
  deps = { cwd, env: {}, progress: silentProgress, logger: silentLogger }
  await writeIdxFiles(join(cwd, 'raw'), fixture)
})

afterEach(() => rm(cwd, { recursive: true }))

describe('prepareDataset', () => {
  it('splits, measures and writes what openDataset reads back', async () => {
    const { manifest, folder } = await prepareDataset(fixture.config, deps)
    const dataset = await openDataset(folder, { config: fixture.config, verify: true })
    expect(dataset.manifest).toEqual(manifest)
    expect(manifest.splits.train.class_counts).toEqual([25, 25, 25])
    expect(manifest.splits.val.class_counts).toEqual([5, 5, 5])
    const [train, val] = [await dataset.load('train'), await dataset.load('val')]
    expect([train.size, val.size, train.images.length]).toEqual([75, 15, 75 * 64])
    const mean = train.images.reduce((sum, pixel) => sum + pixel / 255, 0) / train.images.length
    expect(manifest.normalization.mean).toBeAllClose([mean], { absolute: 1e-12 })
  })

  it('keeps every pixel with its label', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    const dataset = await openDataset(folder)
    const raw = fixture.files['train-images']!.subarray(16)
    const labelOf = new Map(
      Array.from({ length: 90 }, (_, i) => [raw.toString('hex', i * 64, (i + 1) * 64), i % 3]),
    )
    for (const name of ['train', 'val'] as const) {
      const { images, labels } = await dataset.load(name)
      labels.forEach((label, i) => {
        const key = Buffer.from(images.subarray(i * 64, (i + 1) * 64)).toString('hex')
        expect(labelOf.get(key)).toBe(label)
        labelOf.delete(key)
      })
    }
    expect(labelOf.size).toBe(0)
  })

  it('gives the same digests in another folder, and others with another split seed', async () => {
    const first = await prepareDataset(fixture.config, deps)
    const again = await prepareDataset({ ...fixture.config, processed: 'elsewhere' }, deps)
    const other = await prepareDataset({ ...fixture.config, split_seed: 1 }, deps)
    expect(again.manifest).toEqual(first.manifest)
    expect(other.manifest.digest).not.toBe(first.manifest.digest)
  })

  it('does nothing the second time, and everything when forced', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    const before = (await stat(join(folder, 'train.safetensors'))).ino
    expect((await prepareDataset(fixture.config, deps)).changed).toBe(false)
    expect((await stat(join(folder, 'train.safetensors'))).ino).toBe(before)
    expect((await prepareDataset(fixture.config, deps, { force: true })).changed).toBe(true)
  })

  it('mends a prepared file that was changed', async () => {
    const { folder, manifest } = await prepareDataset(fixture.config, deps)
    await truncate(join(folder, 'val.safetensors'), 200)
    const mended = await prepareDataset(fixture.config, deps)
    expect(mended).toMatchObject({ changed: true, manifest: { digest: manifest.digest } })
  })

  it('resizes to another geometry', async () => {
    const geometry = { height: 12, width: 10, channels: 3 as const }
    const { manifest, folder } = await prepareDataset({ ...fixture.config, geometry }, deps)
    const { images } = await (await openDataset(folder)).load('val')
    expect(images.length).toBe(15 * 360)
    expect(manifest.normalization.mean).toHaveLength(3)
  })

  it('prefers the folder of the environment variable, named after the data set', async () => {
    await rm(join(cwd, 'raw'), { recursive: true })
    await writeIdxFiles(join(cwd, 'given'), fixture)
    const env = { TINY_NOISE_DIR: join(cwd, 'given') }
    expect((await prepareDataset(fixture.config, { ...deps, env })).changed).toBe(true)
    await expect(
      prepareDataset(fixture.config, { ...deps, env: { TINY_NOISE_DIR: cwd } }, { force: true }),
    ).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      message: expect.stringContaining('TINY_NOISE_DIR'),
    })
  })

  it('refuses raw files with other bytes than the configuration says', async () => {
    const path = join(cwd, 'raw', 'test-images')
    const bytes = await readFile(path)
    bytes[100] = bytes[100]! ^ 1
    await writeFile(path, bytes)
    await expect(prepareDataset(fixture.config, deps)).rejects.toMatchObject({
      code: 'DATA_CHECKSUM',
      data: { file: path },
    })
  })

  it('refuses a validation split that leaves nothing', async () => {
    for (const validation of [90, 0, 500]) {
      await expect(prepareDataset({ ...fixture.config, validation }, deps)).rejects.toMatchObject({
        code: 'CONFIG_INVALID_VALUE',
      })
    }
  })
})

describe('openDataset', () => {
  it('says to prepare when there is nothing', async () => {
    await expect(openDataset(join(cwd, 'nowhere'))).rejects.toMatchObject({
      code: 'DATA_NOT_FOUND',
      hint: expect.stringContaining('atelier data prepare'),
    })
  })

  it('refuses data prepared with other settings', async () => {
    await prepareDataset(fixture.config, deps)
    await expect(
      openConfiguredDataset({ ...fixture.config, validation: 30 }, cwd),
    ).rejects.toMatchObject({ code: 'DATA_STALE' })
    const moved = { ...fixture.config, raw: 'moved', mirrors: ['http://localhost/'] }
    await expect(openConfiguredDataset(moved, cwd)).resolves.toBeDefined()
  })

  it('refuses a truncated split and a damaged manifest', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    await truncate(join(folder, 'train.safetensors'), 1000)
    const dataset = await openDataset(folder)
    await expect(dataset.load('train')).rejects.toMatchObject({ code: 'DATA_CORRUPT' })
    await expect(openDataset(folder, { verify: true })).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
    })
    await writeFile(join(folder, 'dataset.json'), '{"format": "atelier-dataset"')
    await expect(openDataset(folder)).rejects.toMatchObject({ code: 'DATA_CORRUPT' })
  })

  it('refuses a manifest that was edited', async () => {
    const { folder, manifest } = await prepareDataset(fixture.config, deps)
    const edited = { ...manifest, normalization: { mean: [0.5], std: [0.5] } }
    await writeFile(join(folder, 'dataset.json'), JSON.stringify(edited))
    await expect(openDataset(folder)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('it was changed'),
    })
  })

  it('refuses a split file of another data set', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    await writeFile(
      join(folder, 'val.safetensors'),
      await readFile(join(folder, 'train.safetensors')),
    )
    await expect((await openDataset(folder)).load('val')).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
      message: expect.stringContaining('uint8 [75, 1, 8, 8], wanted uint8 [15, 1, 8, 8]'),
    })
  })

  it('does not load the test split, whatever the types say', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    const dataset = await openDataset(folder)
    await expect(dataset.load('test' as 'val')).rejects.toThrow('locked')
  })
})

describe('openTestSplit', () => {
  const look = { run_id: 'run-1', weight_digest: 'w1', command: 'evaluate', now: 0 }

  it('writes down every look and counts them by data set and by run', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    const dataset = await openDataset(folder)
    expect((await openTestSplit(dataset, look)).looks).toEqual({ dataset: 1, run: 1 })
    expect((await openTestSplit(dataset, { ...look, run_id: 'run-2' })).looks.run).toBe(1)
    const third = await openTestSplit(dataset, look)
    expect(third.looks).toEqual({ dataset: 3, run: 2 })
    expect(third.split.size).toBe(30)
    const lines = (await readFile(join(folder, 'test-looks.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).run_id)).toEqual(['run-1', 'run-2', 'run-1'])
    expect(JSON.parse(lines[0]!)).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      dataset_digest: dataset.manifest.digest,
      command: 'evaluate',
    })
  })

  it('counts by weights where there is no run', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    const dataset = await openDataset(folder)
    const foreign = { ...look, run_id: null }
    await openTestSplit(dataset, foreign)
    await openTestSplit(dataset, { ...foreign, weight_digest: 'w2' })
    expect((await openTestSplit(dataset, foreign)).looks).toEqual({ dataset: 3, run: 2 })
  })

  it('records the look even when the images turn out to be damaged', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    await truncate(join(folder, 'test.safetensors'), 300)
    await expect(openTestSplit(await openDataset(folder), look)).rejects.toMatchObject({
      code: 'DATA_CORRUPT',
    })
    expect(await readFile(join(folder, 'test-looks.jsonl'), 'utf8')).toContain('run-1')
  })

  it('survives half a line that a crash left, and a new preparation', async () => {
    const { folder } = await prepareDataset(fixture.config, deps)
    await openTestSplit(await openDataset(folder), look)
    await writeFile(join(folder, 'test-looks.jsonl'), '{"time": "20', { flag: 'a' })
    await prepareDataset(fixture.config, deps, { force: true })
    const { looks } = await openTestSplit(await openDataset(folder), look)
    expect(looks.dataset).toBe(2)
    expect((await openTestSplit(await openDataset(folder), look)).looks.dataset).toBe(3)
  })
})

const REAL = [process.env['FASHION_MNIST_DIR'], '../shared/data/fashion-mnist', 'data/raw']
  .filter((folder) => folder !== undefined)
  .map((folder) => resolve(import.meta.dirname, '../..', folder))
  .find((folder) => existsSync(join(folder, 'train-images-idx3-ubyte.gz')))

describe.runIf(REAL)('prepareDataset on Fashion-MNIST (where its files are present)', () => {
  it('gives 55,000 / 5,000 / 10,000 images with known moments and digest', async () => {
    const file = resolve(import.meta.dirname, '../../conf/data/fashion-mnist.yaml')
    const config = parse(await readFile(file, 'utf8')) as DataConfig
    const env = { FASHION_MNIST_DIR: REAL }
    const { manifest } = await prepareDataset(config, { ...deps, env })
    const { train, val, test } = manifest.splits
    expect([train.size, val.size, test.size]).toEqual([55_000, 5_000, 10_000])
    expect(val.class_counts).toEqual(new Array(10).fill(500))
    expect(manifest.normalization.mean).toBeAllClose([0.286], { absolute: 5e-4 })
    expect(manifest.normalization.std).toBeAllClose([0.353], { absolute: 5e-4 })
    expect(manifest.digest).toMatch(/^ec2419cabee8/)
  })
})
