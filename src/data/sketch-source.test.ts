import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { SketchDataConfig } from '../contracts/index.ts'
import { silentLogger, silentProgress } from '../core/index.ts'
import { pixelMoments } from './pixel-moments.ts'
import { prepareDataset } from './prepare.ts'
import { sketchSource } from './sketch-source.ts'

const measured = JSON.parse(
  readFileSync(new URL('../../test/golden/sketch-difficulty.json', import.meta.url), 'utf8'),
) as { digest: string; linear_test_accuracy: number; cnn_test_accuracy: number }

let cwd: string
let config: SketchDataConfig

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-sketch-'))
  const file = new URL('../../conf/data/sketch.yaml', import.meta.url)
  config = parse(await readFile(file, 'utf8')) as SketchDataConfig
})

afterAll(() => rm(cwd, { recursive: true }))

const deps = () => ({ cwd, env: {}, progress: silentProgress, logger: silentLogger })
const draw = (overrides: Partial<SketchDataConfig>) =>
  sketchSource.read({ ...config, train: 50, test: 20, ...overrides }, deps())

describe('the sketch source', () => {
  it('draws the very images whose difficulty was measured', async () => {
    const { manifest } = await prepareDataset(config, deps())
    expect(manifest.digest).toBe(measured.digest)
    expect(manifest.splits.train.class_counts).toEqual(new Array(10).fill(1100))
    expect(measured.linear_test_accuracy).toBeGreaterThan(0.75)
    expect(measured.linear_test_accuracy).toBeLessThan(0.9)
    expect(measured.cnn_test_accuracy).toBeGreaterThan(0.97)
  })

  it('draws by seed and index: more images do not change the first ones, nor the test split', async () => {
    const [few, many, other] = [await draw({}), await draw({ train: 80 }), await draw({ seed: 1 })]
    expect(many.train.images.subarray(0, 50 * 784)).toEqual(few.train.images)
    expect(many.test!.images).toEqual(few.test!.images)
    expect(other.train.images).not.toEqual(few.train.images)
    expect(few.test!.images.subarray(0, 784)).not.toEqual(few.train.images.subarray(0, 784))
  })

  it('draws any geometry alike, colour as equal channels', async () => {
    const large = { height: 64, width: 48, channels: 3 } as const
    const { train } = await draw({ geometry: large })
    const plane = 64 * 48
    expect(train.images.length).toBe(50 * 3 * plane)
    expect(train.images.subarray(0, plane)).toEqual(train.images.subarray(plane, 2 * plane))
    const { mean } = pixelMoments((await draw({})).train.images, config.geometry)
    expect(pixelMoments(train.images, large).mean[0]).toBeGreaterThan(mean[0]! * 0.6)
  })
})
