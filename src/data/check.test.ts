import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idxBytes, idxFixture, writeIdxFiles } from '../../test/support/idx-files.ts'
import { createRandom, sha256, silentLogger, silentProgress } from '../core/index.ts'
import { checkDataset, type Finding } from './check.ts'
import { type Dataset, openDataset } from './dataset.ts'
import { findNearDuplicates } from './near-duplicates.ts'
import { prepareDataset } from './prepare.ts'
import { datasetStatistics } from './statistics.ts'

let cwd: string

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-check-'))
})

afterEach(() => rm(cwd, { recursive: true }))

/** A prepared data set of noise, its raw images and labels changed by `plant` before. */
async function datasetWith(
  plant: (files: { train: Buffer; labels: Buffer; test: Buffer }) => void = () => {},
): Promise<Dataset> {
  const fixture = idxFixture()
  const copy = (name: string, header: number) => Buffer.from(fixture.files[name]!.subarray(header))
  const [train, test] = [copy('train-images', 16), copy('test-images', 16)]
  const labels = copy('train-labels', 8)
  plant({ train, labels, test })
  const files: Record<string, Buffer> = {
    ...fixture.files,
    'train-images': idxBytes([90, 8, 8], train),
    'train-labels': idxBytes([90], labels),
    'test-images': idxBytes([30, 8, 8], test),
  }
  const hashed = Object.entries(fixture.config.files).map(([key, { name }]) => [
    key,
    { name, sha256: sha256(files[name]!) },
  ])
  const config = { ...fixture.config, files: Object.fromEntries(hashed) }
  await writeIdxFiles(join(cwd, 'raw'), { config, files })
  const deps = { cwd, env: {}, progress: silentProgress, logger: silentLogger }
  return openDataset((await prepareDataset(config, deps)).folder)
}

const copyImage = (to: Buffer, at: number, from: Buffer, index: number) =>
  from.copy(to, at * 64, index * 64, (index + 1) * 64)

async function findings(dataset: Dataset): Promise<readonly Finding[]> {
  return (await checkDataset(dataset)).findings
}

describe('checkDataset', () => {
  it('has nothing to say about clean data', async () => {
    expect(await checkDataset(await datasetWith())).toEqual({ images: 120, findings: [] })
  })

  it('finds a training image in the test split: an error', async () => {
    const dataset = await datasetWith(({ train, test }) => copyImage(test, 6, train, 3))
    const [leak, ...others] = await findings(dataset)
    expect(others).toEqual([])
    expect(leak).toMatchObject({ kind: 'leak', severity: 'error', count: 1 })
    expect(leak!.examples[0]).toContainEqual({ split: 'test', index: 6, class: 'a' })
  })

  it('finds one picture under two classes: an error', async () => {
    const dataset = await datasetWith(({ test }) => copyImage(test, 1, test, 0))
    expect(await findings(dataset)).toMatchObject([
      { kind: 'conflict', severity: 'error', examples: [[{ class: 'a' }, { class: 'b' }]] },
    ])
  })

  it('finds copies within a split: a warning', async () => {
    const dataset = await datasetWith(({ test }) => copyImage(test, 9, test, 3))
    expect(await findings(dataset)).toMatchObject([
      { kind: 'duplicate', severity: 'warning', examples: [[{ index: 3 }, { index: 9 }]] },
    ])
  })

  it('finds nearly equal images across splits: a warning', async () => {
    const dataset = await datasetWith(({ train, test }) => {
      copyImage(test, 6, train, 3)
      for (let i = 0; i < 64; i += 2) test[6 * 64 + i] = (test[6 * 64 + i]! & 0xf8) | 4
    })
    expect(await findings(dataset)).toMatchObject([
      { kind: 'near-leak', severity: 'warning', count: 1 },
    ])
  })

  it('finds blank images', async () => {
    const dataset = await datasetWith(({ test }) => test.fill(0, 5 * 64, 6 * 64))
    expect(await findings(dataset)).toMatchObject([
      { kind: 'blank', count: 1, examples: [[{ split: 'test', index: 5 }]] },
    ])
  })

  it('finds imbalance and classes without images', async () => {
    const uneven = await datasetWith(({ labels }) => labels.fill(0, 6))
    expect((await findings(uneven)).map(({ kind }) => kind)).toContain('imbalance')
    await rm(cwd, { recursive: true })
    const empty = await datasetWith(({ labels }) => labels.fill(0))
    expect(await findings(empty)).toContainEqual(
      expect.objectContaining({ kind: 'empty-class', severity: 'error', count: 2 }),
    )
  })

  it('finds files that changed or cannot be read, and goes on with the others', async () => {
    const dataset = await datasetWith()
    await truncate(join(dataset.folder, 'val.safetensors'), 500)
    await rm(join(dataset.folder, 'test.safetensors'))
    await writeFile(join(dataset.folder, 'notes.txt'), 'not ours')
    const result = await checkDataset(dataset)
    expect(result.images).toBe(75)
    expect(result.findings.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['digest-mismatch', 'error'],
      ['digest-mismatch', 'error'],
      ['unreadable', 'error'],
      ['unreadable', 'error'],
    ])
  })
})

describe('findNearDuplicates', () => {
  it('finds what comparing every pair finds', () => {
    const geometry = { height: 9, width: 7, channels: 3 } as const
    const size = 189
    const random = createRandom(5, 'sketch')
    const images = new Uint8Array(400 * size)
    // Two-valued images of all brightnesses, so that contrast never limits; every fourth a noisy twin.
    for (let i = 0; i < 400; i++) {
      const twin = i % 4 === 3 ? i - 3 : undefined
      const noise = random.integer(16)
      const share = 0.2 + 0.6 * random.uniform()
      for (let p = 0; p < size; p++) {
        const fresh = random.uniform() < share ? 235 : 20
        const grain = random.integer(2 * noise + 1) - noise
        images[i * size + p] = twin === undefined ? fresh : images[twin * size + p]! + grain
      }
    }
    const distance = (a: number, b: number) => {
      let sum = 0
      for (let p = 0; p < size; p++) sum += (images[a * size + p]! - images[b * size + p]!) ** 2
      return Math.sqrt(sum / size)
    }
    const wanted: [number, number][] = []
    for (let a = 0; a < 400; a++) {
      for (let b = a + 1; b < 400; b++) {
        const d = distance(a, b)
        if (d > 0 && d <= 8) wanted.push([a, b])
      }
    }
    const found = findNearDuplicates(images, geometry)
    expect(wanted.length).toBeGreaterThan(50)
    expect(wanted.length).toBeLessThan(100)
    expect(found.map(({ a, b }) => [a, b])).toEqual(wanted)
  })
})

describe('datasetStatistics', () => {
  it('gives counts, shares and moments per split', async () => {
    const statistics = datasetStatistics(await datasetWith())
    expect(statistics.images).toBe(120)
    expect(statistics.splits.map(({ size }) => size)).toEqual([75, 15, 30])
    expect(statistics.splits[1]!.classes[2]).toEqual({ name: 'c', count: 5, share: 1 / 3 })
    expect(statistics.splits[0]!.std).toBeAllClose([0.289], { absolute: 0.01 })
  })
})
