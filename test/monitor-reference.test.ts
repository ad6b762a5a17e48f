/** `atelier monitor reference`: a reference of chosen images, and its features as the Python original has them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAtelier } from './support/atelier-process.ts'
import { flatPng } from './support/service-example.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'

let project: Project
beforeAll(async () => {
  project = await createProject()
  const trained = await runAtelier(project.folder, ['train', ...SMALL, '--name', 'tiny'])
  expect(trained).toMatchObject({ code: 0 })
}, 60_000)
afterAll(() => project.remove())

async function reference(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await runAtelier(
    project.folder,
    ['monitor', 'reference', '--json', ...args],
    { env },
  )
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const result = JSON.parse(stdout) as { readonly rows: number; readonly path: string }
  const [head, ...lines] = (await readFile(result.path, 'utf8')).trim().split('\n')
  return { ...result, columns: head!.split(','), lines: lines.map((line) => line.split(',')) }
}

describe('atelier monitor reference', () => {
  it('writes of the validation images what training wrote', async () => {
    const { path, rows } = await reference(['--data', 'val', '-o', 'val.csv', ...SMALL])
    expect(rows).toBe(50)
    const [run] = JSON.parse(
      (await runAtelier(project.folder, ['runs', 'ls', '--json'])).stdout,
    ).runs
    const wanted = await readFile(join(run.folder, 'reference_features.csv'), 'utf8')
    const [got, before] = [await readFile(path, 'utf8'), wanted].map((text) =>
      text.split('\n').map((line) => line.split(',')),
    ) as [string[][], string[][]]
    expect(got[0]).toEqual(before[0])
    const kept = (lines: string[][]) => lines.map((cells) => [...cells.slice(0, 9), cells[10]])
    expect(kept(got)).toEqual(kept(before))
    for (const [at, cells] of got.slice(1, 51).entries()) {
      expect(Number(cells[9])).toBeCloseTo(Number(before[at + 1]![9]), 5)
    }
  })

  it('takes train and validation images together, and never the test split', async () => {
    const { rows, path } = await reference([...SMALL])
    expect(rows).toBe(300)
    expect(path).toBe(join(project.folder, 'monitoring/reference_features.csv'))
    const looks = await runAtelier(project.folder, ['runs', 'show', 'latest', '--json'])
    expect(JSON.parse(looks.stdout).run?.test_looks ?? 0).toBe(0)
  })

  it('takes a folder of images, which have no true class', async () => {
    await mkdir(join(project.folder, 'photos'))
    for (const level of [0, 100, 255]) {
      await writeFile(join(project.folder, `photos/${level}.png`), await flatPng(level, 28))
    }
    const { columns, lines, rows } = await reference(['--data', 'photos', ...SMALL])
    expect(rows).toBe(3)
    expect(columns).not.toContain('true_class')
    const brightness = lines.map(([value]) => Number(value))
    expect(brightness.sort((a, b) => a - b)).toEqual([
      -1,
      Number((200 / 255 - 1).toPrecision(7)),
      1,
    ])
    expect(lines.map(([, contrast]) => Number(contrast))).toEqual([0, 0, 0])
  })

  it('refuses a folder that is not there', async () => {
    const args = ['monitor', 'reference', '--data', 'nowhere', ...SMALL]
    expect(await runAtelier(project.folder, args)).toMatchObject({ code: 3 })
  })
})

const FASHION = process.env['FASHION_MNIST_DIR']
const missing = FASHION ? '' : ' (left out: FASHION_MNIST_DIR is not set)'
describe.skipIf(!FASHION)(`of the 60,000 training images of Fashion-MNIST${missing}`, () => {
  it('has the brightness and contrast of the original', { timeout: 120_000 }, async () => {
    const env = { FASHION_MNIST_DIR: FASHION }
    // the model is of the embedded data, whose classes have other names
    const val = await reference(['--data', 'val', ...SMALL])
    const names = val.columns.filter((name) => name.startsWith('probability '))
    const classes = names.map((name) => `'${name.replace('probability ', '')}'`).join(',')
    const data = ['data=fashion-mnist', `data.classes=[${classes}]`]
    const { columns, lines } = await reference(data, env)
    expect(columns.slice(0, 2)).toEqual(['avg_brightness', 'contrast'])
    expect(lines).toHaveLength(60_000)
    const file = gunzipSync(await readFile(join(FASHION!, 'train-images-idx3-ubyte.gz')))
    const wanted = Array.from({ length: 60_000 }, (_, image) =>
      originalFeatures(file.subarray(16 + image * 784, 16 + (image + 1) * 784)),
    )
    // the prepared splits have another order: pairs of features tell images apart
    const sorted = (pairs: readonly (readonly number[])[]) =>
      // brightness comes in steps of 1e-5
      [...pairs].sort((a, b) => Math.round(1e6 * (a[0]! - b[0]!)) || a[1]! - b[1]!)
    const got = sorted(
      lines.map(([brightness, contrast]) => [Number(brightness), Number(contrast)]),
    )
    let worst = 0
    for (const [at, pair] of sorted(wanted).entries()) {
      for (const k of [0, 1]) worst = Math.max(worst, Math.abs(pair[k]! - got[at]![k]!))
    }
    expect(worst).toBeLessThan(1e-6)
  })
})

/** Pixels scaled to [-1, 1]: mean, and population standard deviation in two passes. */
function originalFeatures(pixels: Uint8Array): [number, number] {
  const scaled = Array.from(pixels, (pixel) => (pixel / 255 - 0.5) / 0.5)
  const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length
  const squares = scaled.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return [mean, Math.sqrt(squares / scaled.length)]
}
