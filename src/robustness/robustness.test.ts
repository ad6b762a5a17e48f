import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DatasetManifest,
  type ErrorTable,
  robustnessReportSchema,
} from '../contracts/index.ts'
import { createRandom, sha256 } from '../core/index.ts'
import { buildRobustnessReport } from './build-report.ts'
import { type CorruptedSetsOptions, openCorruptedSets, sampleOf } from './corrupted-sets.ts'
import { corruptionErrors } from './corruption-error.ts'
import { type CorruptionName, corrupt, corruptionNames, writeRobustness } from './index.ts'
import type { ModelScores, SetScores } from './score-sets.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-robustness-'))
})
afterAll(() => rm(folder, { recursive: true }))

const table = (
  clean: number,
  errors: readonly number[],
  more: Partial<ErrorTable['corrupted']> = {},
) => {
  const all = Object.fromEntries(corruptionNames.map((name) => [name, [...errors]]))
  return { clean, corrupted: { ...all, ...more } as ErrorTable['corrupted'] }
}

describe('corruptionErrors', () => {
  it('measures a model by itself as one', () => {
    const model = table(0.1, [0.1, 0.2, 0.3, 0.4, 0.5])
    const { ce, relative, mce, relativeMce } = corruptionErrors(model, model)
    expect(new Set([...Object.values(ce), ...Object.values(relative)])).toEqual(new Set([1]))
    expect([mce, relativeMce]).toBeAllClose([1, 1], { absolute: 1e-12 })
  })

  it('sums over severities before it divides, and averages over corruptions after', () => {
    const reference = table(0.1, [0.2, 0.2, 0.2, 0.2, 0.2])
    const model = table(0.05, [0.1, 0.1, 0.1, 0.1, 0.1], { fog: [0, 0, 0.25, 0.5, 0.75] })
    const { ce, relative, mce, relativeMce } = corruptionErrors(model, reference)
    expect(ce.fog).toBeCloseTo(1.5, 12)
    expect(ce.snow).toBeCloseTo(0.5, 12)
    expect(mce).toBeCloseTo((14 * 0.5 + 1.5) / 15, 12)
    expect(relative.snow).toBeCloseTo((0.5 - 0.25) / (1 - 0.5), 12)
    expect(relative.fog).toBeCloseTo((1.5 - 0.25) / 0.5, 12)
    expect(relativeMce).toBeCloseTo((14 * 0.5 + 2.5) / 15, 12)
  })

  it('leaves out what the reference is not harmed by', () => {
    const reference = table(0.1, [0.2, 0.2, 0.2, 0.2, 0.2], {
      brightness: [0.1, 0.1, 0.1, 0.1, 0.1],
      contrast: [0, 0, 0, 0, 0],
    })
    const errors = corruptionErrors(table(0.1, [0.3, 0.3, 0.3, 0.3, 0.3]), reference)
    expect([errors.relative.brightness, errors.ce.contrast]).toEqual([null, null])
    expect(errors.ce.brightness).toBeCloseTo(3, 12)
    expect(errors.relativeMce).toBeCloseTo(2, 12)
  })
})

const GEOMETRY = { height: 12, width: 10, channels: 1 } as const
const SIZE = 120
const split = {
  images: Uint8Array.from({ length: 30 * SIZE }, (_, i) => (i * 7 + (i >> 3) * 3) % 256),
  labels: Int32Array.from({ length: 30 }, (_, i) => i % 3),
  size: 30,
}
const dataset = {
  name: 'drawn',
  digest: 'd'.repeat(64),
  geometry: GEOMETRY,
} as DatasetManifest

function optionsFor(name: string, change: Partial<CorruptedSetsOptions> = {}) {
  const warnings: string[] = []
  const options: CorruptedSetsOptions = {
    folder: join(folder, name),
    dataset,
    splitName: 'val',
    sample: sampleOf(split, undefined, 0),
    seed: 0,
    logger: { info: () => {}, warn: (message) => warnings.push(message) },
    ...change,
  }
  return { options, warnings, sets: join(options.folder, 'corrupted/val-30') }
}

describe('sampleOf', () => {
  it('draws some images in their order, the same ones each time', () => {
    const sample = sampleOf(split, 8, 0)
    expect(sampleOf(split, 8, 0)).toEqual(sample)
    expect([...sample.indices]).toEqual([...new Set(sample.indices)].sort((a, b) => a - b))
    for (const [k, i] of sample.indices.entries()) {
      const wanted = split.images.subarray(i * SIZE, (i + 1) * SIZE)
      expect(sample.images.subarray(k * SIZE, (k + 1) * SIZE)).toEqual(wanted)
      expect(sample.labels[k]).toBe(split.labels[i])
    }
    expect(sampleOf(split, 8, 1).indices).not.toEqual(sample.indices)
  })

  it('takes all where there are no more', () => {
    expect(sampleOf(split, 31, 0).images).toBe(split.images)
  })
})

describe('openCorruptedSets', () => {
  it('stores a set with the hash of its pixels, and then reads it', async () => {
    const { options, sets } = optionsFor('stored')
    const made = await (await openCorruptedSets(options)).load('fog', 3)
    const wanted = corrupt(split.images, 30, GEOMETRY, { name: 'fog', severity: 3, seed: 0 })
    expect(made).toEqual({ images: wanted, sha256: sha256(wanted) })
    expect((await readdir(sets)).sort()).toEqual(['fog-3.safetensors', 'manifest.json'])
    const manifest = JSON.parse(await readFile(join(sets, 'manifest.json'), 'utf8'))
    expect(manifest.sets).toEqual({ 'fog-3': made.sha256 })
    const file = await open(join(sets, 'fog-3.safetensors'))
    const { mtimeMs } = await file.stat()
    const again = await (await openCorruptedSets(options)).load('fog', 3)
    expect(again).toEqual(made)
    expect((await file.stat()).mtimeMs).toBe(mtimeMs)
    await file.close()
  })

  it('makes a damaged set again', async () => {
    const { options, sets, warnings } = optionsFor('damaged')
    const made = await (await openCorruptedSets(options)).load('snow', 5)
    const path = join(sets, 'snow-5.safetensors')
    const whole = await readFile(path)
    const file = await open(path, 'r+')
    await file.write(Buffer.from([1, 2, 3, 4]), 0, 4, whole.length - 9)
    await file.close()
    expect(await (await openCorruptedSets(options)).load('snow', 5)).toEqual(made)
    expect(await readFile(path)).toEqual(whole)
    const cut = await open(path, 'r+')
    await cut.truncate(100)
    await cut.close()
    expect(await (await openCorruptedSets(options)).load('snow', 5)).toEqual(made)
    expect(await readFile(path)).toEqual(whole)
    expect(warnings.join()).toMatch(/snow-5.safetensors.*made again/)
  })

  it('does not take the sets of other images', async () => {
    const { options } = optionsFor('others')
    const first = await (await openCorruptedSets(options)).load('fog', 1)
    const images = split.images.map((value) => 255 - value)
    const sample = sampleOf({ ...split, images }, undefined, 0)
    const second = await (await openCorruptedSets({ ...options, sample })).load('fog', 1)
    expect(second.sha256).not.toBe(first.sha256)
    expect(second.sha256).toBe(
      sha256(corrupt(images, 30, GEOMETRY, { name: 'fog', severity: 1, seed: 0 })),
    )
  })

  it('gives an image of a sample the damage it has in the whole split', async () => {
    const whole = await (await openCorruptedSets(optionsFor('whole').options)).load('frost', 4)
    const sample = sampleOf(split, 5, 0)
    const { images } = await (await openCorruptedSets(optionsFor('part', { sample }).options)).load(
      'frost',
      4,
    )
    for (const [k, i] of sample.indices.entries()) {
      const wanted = whole.images.subarray(i * SIZE, (i + 1) * SIZE)
      expect(images.subarray(k * SIZE, (k + 1) * SIZE)).toEqual(wanted)
    }
  })
})

describe('writeRobustness', () => {
  const random = createRandom(3, 'sketch')
  const scores = (accuracy: number) => ({ accuracy, ece: 0.02, nll: 0.3, brier: 0.15 })
  const modelScores: ModelScores = {
    clean: scores(0.92),
    corrupted: Object.fromEntries(
      corruptionNames.map((name) => [
        name,
        [1, 2, 3, 4, 5].map((severity) => ({
          ...scores(0.92 - severity * 0.1 * random.uniform()),
          severity,
          sha256: 'a'.repeat(64),
        })),
      ]),
    ) as Record<CorruptionName, SetScores[]>,
  }
  const NASTY = '<script>alert(1)</script>'
  const manifest = { run_id: NASTY, architecture: 'cnn', parameters: 10, seed: 1 }
  const bundle = {
    sha256: 'b'.repeat(64),
    manifest: { ...manifest, weight_digest: 'c'.repeat(64), calibrated: true, temperature: 1.3 },
  } as unknown as Parameters<typeof buildRobustnessReport>[0]['bundle']
  const report = buildRobustnessReport({
    ...{ bundle, source: 'model.onnx', dataset, splitName: 'test', images: 30 },
    ...{ testLooks: { dataset: 2, run: 1 }, seed: 0, scores: modelScores },
    reference: {
      name: NASTY,
      weight_digest: 'e'.repeat(64),
      errors: table(0.1, [0.1, 0.2, 0.3, 0.4, 0.5]),
    },
    clock: { now: () => 0, monotonic: () => 0 },
  })
  const strips = Object.fromEntries(corruptionNames.map((name) => [name, new Uint8Array(4)]))

  it('gives what the contract describes', () => {
    expect(robustnessReportSchema.parse(report)).toEqual(report)
    expect(report.temperature).toBe(1.3)
    const accuracies = report.corruptions.flatMap(({ severities }) =>
      severities.map(({ accuracy }) => accuracy),
    )
    const mean = accuracies.reduce((sum, value) => sum + value, 0) / 75
    expect(report.mean.accuracy).toBeCloseTo(mean, 12)
    expect(report.unnormalized_mce).toBeCloseTo(1 - mean, 12)
  })

  it('writes three figures and a page that runs and fetches nothing', async () => {
    const into = join(folder, 'report')
    const details = { strips: strips as never, command: `atelier robustness ${NASTY}` }
    const files = await writeRobustness(into, report, details)
    expect((await readdir(into)).sort()).toEqual(['figures', 'robustness.html', 'robustness.json'])
    for (const path of files.figures) {
      expect((await readFile(path)).subarray(1, 4).toString()).toBe('PNG')
    }
    const page = await readFile(files.robustnessHtml, 'utf8')
    expect(page).not.toContain('<script')
    expect(page.split('&lt;script&gt;').length).toBeGreaterThan(3)
    const withoutNames = page.replaceAll(/xmlns(:xlink)?="[^"]*"/g, '')
    expect(/https?:|<link|@import|url\((?!#)/.exec(withoutNames)?.[0]).toBeUndefined()
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(page).toContain('2nd look at the test split')
  })
})
