/** The whole loop through the command line, in seconds: data, training, report, prediction. */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { evaluationReportSchema } from '../src/contracts/index.ts'
import { sha256 } from '../src/core/index.ts'
import { readSafetensors } from '../src/tensor/index.ts'
import { openRunStore } from '../src/tracking/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'

let project: Project
beforeAll(async () => {
  project = await createProject()
  const trained = await atelier('train', ...SMALL, '--name', 'tiny')
  expect(trained.stderr).toContain('No prepared data in data/processed/sketch')
  expect(trained).toMatchObject({ code: 0 })
}, 60_000)
afterAll(() => project.remove())

const atelier = (...args: string[]) => runAtelier(project.folder, args)
const inProject = (...parts: string[]) => join(project.folder, ...parts)

async function atelierJson(...args: string[]) {
  const { code, stdout, stderr } = await atelier(...args, '--json')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout)
}

/** Validation images as PNG files; gives their names. */
async function writeImages(folder: string, count: number): Promise<string[]> {
  await mkdir(inProject(folder), { recursive: true })
  const path = inProject('data/processed/sketch/val.safetensors')
  const { data } = (await readSafetensors(path)).tensors.get('images')!
  const names = Array.from({ length: count }, (_, i) => `${folder}/${i}.png`)
  for (const [i, name] of names.entries()) {
    const pixels = Buffer.from((data as Uint8Array).slice(i * 784, (i + 1) * 784))
    const image = sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } })
    await image.png().toFile(inProject(name))
  }
  return names
}

describe('atelier', () => {
  it('makes no run of a model that does not exist', async () => {
    const { code, stderr } = await atelier('train', ...SMALL, 'model.type=cmn')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('model.type=cnn') })
    expect(await atelierJson('runs', 'ls')).toMatchObject({ total: 1 })
  })

  it('trains a run again from another process and finds the same weights', async () => {
    const [run] = (await atelierJson('runs', 'ls')).runs
    const again = await atelier('runs', 'reproduce', run.id)
    expect(again).toMatchObject({ code: 0 })
    expect(again.stderr).toContain('Code, data, libraries and machine are as they were.')
    expect(again.stdout).toMatch(/^identical: /)
    const [latest] = (await atelierJson('runs', 'ls')).runs
    expect(latest).toMatchObject({
      weight_digest: run.weight_digest,
      config_digest: run.config_digest,
    })

    // another seed under the first one's name
    const config = inProject('runs', run.id, 'config.yaml')
    const text = await readFile(config, 'utf8')
    onTestFinished(() => writeFile(config, text))
    await writeFile(config, text.replace(/^seed: .*$/m, 'seed: 1'))
    const other = await atelier('runs', 'reproduce', run.id, '--json')
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_REPRODUCED') })
    expect(JSON.parse(other.stdout)).toMatchObject({
      identical: false,
      first_divergence: { step: 1 },
    })
    const removed = await atelier('runs', 'rm', latest.id, JSON.parse(other.stdout).again)
    expect(removed).toMatchObject({ code: 0 })
  }, 60_000)

  it('lists and shows the run that was trained', async () => {
    const [run] = (await atelierJson('runs', 'ls')).runs
    expect(run).toMatchObject({ status: 'completed', epochs: 2, dataset: { name: 'sketch' } })
    expect(run.id).toMatch(/^\d{8}-\d{4}-tiny-[a-z]+-[a-z]+$/)
    const shown = await atelier('runs', 'show', 'latest')
    expect(shown.stdout).toContain(run.weight_digest.slice(0, 12))
    expect(shown.stdout).toContain('2 of 2 epochs')
    for (const file of ['config.yaml', 'overrides.yaml', 'metrics.jsonl', 'weights.safetensors']) {
      expect(existsSync(inProject('runs', run.id, file))).toBe(true)
    }
    const { artifacts } = await atelierJson('runs', 'show', 'latest')
    const paths = artifacts.map(({ path }: { path: string }) => path)
    expect(paths).toEqual(expect.arrayContaining(['figures/train_loss.png', 'model.onnx']))
    const published = await readFile(inProject('models/model.onnx'))
    expect(published).toEqual(await readFile(inProject('runs', run.id, 'model.onnx')))
  })

  it('evaluates on the test split, counts the looks, and writes the report', async () => {
    const first = await atelier('evaluate')
    expect(first.stdout).toContain('Look 1 at the test split of sketch')
    const { report, files } = await atelierJson('evaluate', 'models/model.onnx')
    expect(evaluationReportSchema.parse(report).test_looks).toEqual({ dataset: 2, run: 2 })
    expect(report.dataset).toMatchObject({ split: 'test', size: 60 })
    expect(files.figures).toHaveLength(5)
    for (const path of [files.reportHtml, ...files.figures]) expect(existsSync(path)).toBe(true)
    const [run] = (await atelierJson('runs', 'ls')).runs
    expect(run.test_looks).toBe(2)
    const artifacts = JSON.parse(await readFile(join(run.folder, 'artifacts.json'), 'utf8'))
    const page = artifacts.find(({ path }: { path: string }) => path === 'report.html')
    const bytes = await readFile(join(run.folder, 'report.html'))
    expect(page).toEqual({ path: 'report.html', bytes: bytes.length, sha256: sha256(bytes) })
    const store = await openRunStore({ path: inProject('.atelier/atelier.db') })
    expect(await store.get(run.id)).toMatchObject({ record: { test_looks: 2 }, artifacts })
    await store.close()
  })

  it('evaluates on validation without a look, to the very numbers of training', async () => {
    const before = await readFile(inProject('data/processed/sketch/test-looks.jsonl'), 'utf8')
    const { report } = await atelierJson('evaluate', 'latest', '--split', 'val')
    const [run] = (await atelierJson('runs', 'ls')).runs
    expect(report.accuracy.value).toBe(run.best.val_accuracy)
    expect(report.loss).toBeCloseTo(run.best.val_loss, 6)
    const after = await readFile(inProject('data/processed/sketch/test-looks.jsonl'), 'utf8')
    expect(after).toBe(before)
  })

  it('refuses to judge a model on data of other classes, and does not look', async () => {
    const folder = inProject('photos')
    for (const name of ['cats', 'dogs']) {
      await mkdir(join(folder, name), { recursive: true })
      for (let i = 0; i < 10; i++) {
        const background = { r: i * 20, g: name === 'cats' ? 200 : 0, b: 0 }
        const image = sharp({ create: { width: 28, height: 28, channels: 3, background } })
        await image.png().toFile(join(folder, name, `${i}.png`))
      }
    }
    const data = [
      ...['data=folder', `data.path=${folder}`, 'data.validation=2', 'data.test=4'],
      'data.geometry={height: 28, width: 28, channels: 1}',
    ]
    expect(await atelier('data', 'prepare', ...data)).toMatchObject({ code: 0 })
    const { code, stderr } = await atelier('evaluate', 'models/model.onnx', ...data)
    expect(stderr).toContain('error[MODEL_DATA_MISMATCH]')
    expect(code).toBe(4)
    expect(existsSync(inProject('data/processed/folder/test-looks.jsonl'))).toBe(false)
  })

  it('predicts files, folders and stdin alike, and goes on after a bad file', async () => {
    const names = await writeImages('pictures', 3)
    const answers = await atelierJson('predict', ...names)
    expect(answers.map(({ filename }: { filename: string }) => filename)).toEqual(names)
    const probabilities = Object.values<number>(answers[0].all_probabilities)
    expect(probabilities).toHaveLength(10)
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5)
    expect(answers[0].confidence).toBe(Math.max(...probabilities))

    expect(await atelierJson('predict', 'pictures')).toEqual(answers)
    const stdin = await readFile(inProject(names[0]!))
    const piped = await runAtelier(project.folder, ['predict', '-', '--json'], { stdin })
    expect(JSON.parse(piped.stdout)[0]).toEqual({ ...answers[0], filename: '-' })

    await writeFile(inProject('pictures/bad.png'), 'no picture')
    const mixed = await atelier('predict', 'pictures', 'missing.png', '--json')
    expect(mixed.code).toBe(3)
    const mixedAnswers: { filename: string; error?: unknown }[] = JSON.parse(mixed.stdout)
    expect(mixedAnswers).toHaveLength(5)
    expect(mixedAnswers.filter(({ error }) => error).map(({ filename }) => filename)).toEqual([
      'pictures/bad.png',
      'missing.png',
    ])
  })

  it('takes the model that MODEL_URI names', async () => {
    const [name] = await writeImages('one', 1)
    const env = { MODEL_URI: 'models/none.onnx' }
    const { code, stderr } = await runAtelier(project.folder, ['predict', name!], { env })
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('none.onnx') })
    env.MODEL_URI = 'models/model.onnx'
    expect(await runAtelier(project.folder, ['predict', name!], { env })).toMatchObject({ code: 0 })
  })

  it('stops on Ctrl-C with a checkpoint and the command that continues', async () => {
    const long = [...SMALL, 'hyperparameters.epochs=2000']
    const { child, finished } = startAtelier(project.folder, ['train', ...long, '--name', 'long'])
    const isTraining = async () => {
      const [run] = (await atelierJson('runs', 'ls', '-n', '1')).runs
      return run.id.includes('-long-') && run.step > 0
    }
    onTestFinished(() => void child.kill('SIGKILL'))
    while (!(await isTraining())) expect(child.exitCode).toBe(null)
    child.kill('SIGINT')
    const { code, stderr } = await finished
    expect(code).toBe(130)
    expect(stderr).toMatch(/error\[INTERRUPTED\]: Stopped after step \d+ of 16000/)
    expect(stderr).toMatch(/Continue with `atelier resume \d{8}-\d{4}-long-/)
    const [run] = (await atelierJson('runs', 'ls', '-n', '1')).runs
    expect(run.status).toBe('interrupted')
  })
})
