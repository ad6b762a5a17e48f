/** Training as the promise it makes: the same numbers again, whatever happened in between. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from '../src/bundle/index.ts'
import { BUNDLE_IO, type Config } from '../src/contracts/index.ts'
import type { Progress } from '../src/core/index.ts'
import { div, scalar, softmax } from '../src/graph/index.ts'
import { buildNetwork, layersOf } from '../src/nn/index.ts'
import { toOnnx } from '../src/onnx/index.ts'
import { openSession } from '../src/runtime/index.ts'
import { readSafetensors, type Tensor, tensor, writeSafetensors } from '../src/tensor/index.ts'
import { lockRun, openRun, type Run, readMetrics } from '../src/tracking/index.ts'
import { resumeTraining } from '../src/training/index.ts'
import { createProject, type Project, surroundings } from './support/training-project.ts'

const STEPS_PER_EPOCH = 8

let project: Project
beforeAll(async () => {
  project = await createProject()
})
afterAll(() => project.remove())

/** A signal that aborts during the `count`-th step: seen by the bar, which a jumping clock always draws. */
function abortAtStep(count: number) {
  const controller = new AbortController()
  let updates = 0
  const progress: Progress = {
    start: () => ({
      update: () => {
        updates++
        if (updates === count) controller.abort()
      },
      finish: () => {},
    }),
  }
  let time = 0
  const clock = { ...surroundings.clock, monotonic: () => (time += 1000) }
  return { progress, clock, signal: controller.signal }
}

async function interruptAt(run: Run, config: Config, step: number): Promise<Run> {
  const stopped = project.train(config, { run, ...abortAtStep(step - run.record.step) })
  await expect(stopped).rejects.toMatchObject({ code: 'INTERRUPTED', data: { step } })
  return openRun(run.folder)
}

async function resume(run: Run, config: Config) {
  return resumeTraining({ run, dataset: await project.dataset(config), ...surroundings })
}

/** What must be the same again; times may differ. */
async function metricsOf({ files }: Run) {
  const lines = (await readMetrics(files.metrics)).filter(({ type }) => type !== 'log')
  return lines.map((line) =>
    line.type === 'epoch'
      ? { ...line, time: 0, seconds: 0, images_per_second: 0 }
      : { ...line, time: 0 },
  )
}

describe('trainModel', () => {
  it('gives the same weights for the same seed, and others for another', async () => {
    const config = await project.config()
    const first = await project.train(config)
    const second = await project.train(config)
    const other = await project.train(await project.config('seed=43'))
    expect(second.weightDigest).toBe(first.weightDigest)
    expect(await metricsOf(second.run)).toEqual(await metricsOf(first.run))
    expect(other.weightDigest).not.toBe(first.weightDigest)
  })

  it('writes each step and each epoch once, and the record of the run', async () => {
    const config = await project.config()
    const { run, best } = await project.train(config)
    const lines = await readMetrics(run.files.metrics)
    const steps = lines.flatMap((line) => (line.type === 'step' ? [line.step] : []))
    const epochs = lines.filter((line) => line.type === 'epoch')
    expect(steps).toEqual(Array.from({ length: 2 * STEPS_PER_EPOCH }, (_, i) => i + 1))
    expect(epochs.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, STEPS_PER_EPOCH],
      [2, 2 * STEPS_PER_EPOCH],
    ])
    const highest = Math.max(...epochs.map(({ val_accuracy }) => val_accuracy))
    expect(best.val_accuracy).toBe(highest)
    expect((await openRun(run.folder)).record).toMatchObject({
      status: 'completed',
      step: 2 * STEPS_PER_EPOCH,
      best,
      test_looks: 0,
    })
  })

  it('never opens the test split', async () => {
    const config = await project.config()
    await project.train(config)
    const files = await readdir(join(project.folder, config.data.processed))
    expect(files).not.toContain('test-looks.jsonl')
  })

  it.each([
    ['mlp with averaged weights', ['regularization.ema_decay=0.9']],
    ['lite with batch statistics', ['model.type=lite', 'model.width=0.5']],
    ['cnn with SGD', ['model.type=cnn', 'model.width=0.2', 'optimizer.name=sgd']],
  ])('continues exactly after an interruption: %s', async (_, overrides) => {
    const config = await project.config(...overrides)
    const whole = await project.train(config)
    // before the first checkpoint, in mid-epoch, and at the end of an epoch that is not yet judged
    let run = await interruptAt(await project.run(config), config, 2)
    expect(run.record.status).toBe('interrupted')
    run = await interruptAt(run, config, 5)
    run = await interruptAt(run, config, STEPS_PER_EPOCH)
    expect(run.record.step).toBe(STEPS_PER_EPOCH)
    const continued = await resume(run, config)
    expect(continued.weightDigest).toBe(whole.weightDigest)
    expect(await metricsOf(continued.run)).toEqual(await metricsOf(whole.run))
    const [a, b] = [whole, continued].map(({ run: { files } }) => files.lastCheckpoint)
    const [last, again] = [await readSafetensors(a!), await readSafetensors(b!)]
    for (const [name, { data }] of last.tensors) expect(again.tensors.get(name)!.data).toEqual(data)
  })

  it('clears away what a killed process wrote after its last checkpoint', async () => {
    const config = await project.config()
    const whole = await project.train(config)
    const run = await interruptAt(await project.run(config), config, 4)
    const half = join(dirname(run.files.lastCheckpoint), '.last.safetensors.0a1b2c.tmp')
    await writeFile(half, 'half')
    const later = { type: 'step', step: 5, epoch: 1, loss: 9, accuracy: 0, learning_rate: 9 }
    await appendFile(run.files.metrics, `${JSON.stringify(later)}\n{"type":"st`)
    const continued = await resume(run, config)
    expect(await metricsOf(continued.run)).toEqual(await metricsOf(whole.run))
    expect(existsSync(half)).toBe(false)
  })

  it('stops at a loss that is not finite and keeps the last good checkpoint', async () => {
    const config = await project.config(
      ...['hyperparameters.learning_rate=1e30', 'trainer.checkpoint_steps=1'],
      ...['optimizer.name=sgd', 'optimizer.weight_decay=0', 'schedule.name=constant'],
    )
    const run = await project.run(config)
    const failed = project.train(config, { run })
    await expect(failed).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      message: expect.stringMatching(/step \d+/),
      hint: expect.stringContaining('hyperparameters.learning_rate='),
    })
    expect((await openRun(run.folder)).record).toMatchObject({
      status: 'failed',
      failure: { code: 'TRAINING_DIVERGED' },
    })
    const { tensors } = await readSafetensors(run.files.lastCheckpoint)
    const numbers = [...tensors.values()].flatMap(({ data }) => Array.from(data as Float32Array))
    expect(numbers.every(Number.isFinite)).toBe(true)
  })

  it('exports the best epoch, not the last', async () => {
    const config = await project.config()
    const run = await interruptAt(await project.run(config), config, STEPS_PER_EPOCH + 2)
    const kept = await readFile(run.files.bestCheckpoint)
    // makes the first epoch one that no other can beat
    const { tensors, metadata } = await readSafetensors(run.files.lastCheckpoint)
    const [[key, text]] = Object.entries(metadata) as [[string, string]]
    const position = JSON.parse(text)
    const raised = { ...position, best: { ...position.best, val_accuracy: 1.1 } }
    const unbeatable = { [key]: JSON.stringify(raised) }
    await writeSafetensors(run.files.lastCheckpoint, Object.fromEntries(tensors), unbeatable)
    const { best } = await resume(run, config)
    expect(best.epoch).toBe(1)
    expect(await readFile(run.files.bestCheckpoint)).toEqual(kept)
    const [first, exported] = await Promise.all(
      [run.files.bestCheckpoint, run.files.weights].map(readSafetensors),
    )
    expect(exported!.tensors).toEqual(first!.tensors)
  })

  it('judges and exports the averaged weights where averages are kept', async () => {
    const averaging = ['regularization.ema_decay=0.9', 'hyperparameters.epochs=1']
    const { run } = await project.train(await project.config(...averaging))
    const { tensors: state } = await readSafetensors(run.files.lastCheckpoint)
    const { tensors: weights } = await readSafetensors(run.files.weights)
    expect([...weights.keys()].sort()).toEqual([
      ...['dense1.bias', 'dense1.weight', 'dense2.bias', 'dense2.weight'],
    ])
    for (const [name, { data }] of weights) {
      expect(data).toEqual(state.get(`average.${name}`)!.data)
      expect(data).not.toEqual(state.get(name)!.data)
    }
  })

  it('writes a profile of the first steps on request', async () => {
    const config = await project.config()
    const { profile, run } = await project.train(config, { profile: true })
    expect(profile!.steps).toBe(2 * STEPS_PER_EPOCH)
    expect(profile!.operators.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
    expect((await readdir(run.files.profile)).sort()).toEqual([
      'operators.json',
      'operators.txt',
      'trace.json',
    ])
    const trace: unknown = JSON.parse(await readFile(profile!.trace, 'utf8'))
    expect(trace).toContainEqual(expect.objectContaining({ ph: 'X', ts: expect.any(Number) }))
  })
})

describe('resumeTraining', () => {
  it('refuses a complete run', async () => {
    const config = await project.config('hyperparameters.epochs=1')
    const { run } = await project.train(config)
    await expect(resume(run, config)).rejects.toMatchObject({ code: 'RUN_NOT_RESUMABLE' })
  })

  it('refuses settings that were changed after the checkpoint', async () => {
    const config = await project.config()
    const run = await interruptAt(await project.run(config), config, 2)
    const text = await readFile(run.files.config, 'utf8')
    await writeFile(run.files.config, text.replace('batch_size: 32', 'batch_size: 16'))
    await expect(resume(run, config)).rejects.toMatchObject({ code: 'RUN_NOT_RESUMABLE' })
  })

  it('refuses other data', async () => {
    const config = await project.config()
    const run = await interruptAt(await project.run(config), config, 2)
    const other = await project.config('data.seed=5', 'data.processed=data/other')
    const dataset = await project.dataset(other)
    const resumed = resumeTraining({ run, dataset, ...surroundings })
    await expect(resumed).rejects.toMatchObject({ code: 'DATA_STALE' })
  })

  it('waits for no other process, and takes over from a dead one', async () => {
    const config = await project.config('hyperparameters.epochs=1')
    const run = await interruptAt(await project.run(config), config, 2)
    const lock = await lockRun(run.folder)
    await expect(resume(run, config)).rejects.toMatchObject({ code: 'RUN_LOCKED' })
    await lock.release()
    const { pid } = spawnSync(process.execPath, ['--version'])
    const dead = JSON.stringify({ pid, host: hostname(), identity: '' })
    await writeFile(join(run.folder, '.lock-1'), dead)
    await resume(run, config)
    const left = (await readdir(run.folder)).filter((name) => name.startsWith('.lock'))
    expect(left).toEqual([])
  })
})

describe('exportBundle', () => {
  it.each(['cnn', 'mlp'])(
    'exports %s with the probabilities of the training graph',
    async (type) => {
      const config = await project.config(
        `model.type=${type}`,
        'model.width=0.5',
        'model.dropout=0',
        'model.mirror=false',
      )
      const { run, manifest } = await project.train(config)
      const dataset = await project.dataset(config)
      const { images } = await dataset.load('val')
      const { geometry, normalization } = dataset.manifest
      const image = [geometry.channels, geometry.height, geometry.width] as const
      const batch = 50
      const { logits } = buildNetwork(layersOf(config.model, 10), {
        ...{ mode: 'training', batch, image, normalization },
      })
      const { tensors } = await readSafetensors(run.files.weights)
      const calibrated = div(logits, scalar(manifest.temperature))
      const graph = toOnnx({
        name: 'training',
        outputs: { [BUNDLE_IO.probabilities]: softmax(calibrated, 1) },
      })
      const session = await openSession(graph.bytes, { threads: 1 })
      const feeds: Record<string, Tensor> = Object.fromEntries(tensors)
      const input = tensor('uint8', [batch, ...image], images)
      const results = await session.run({ ...feeds, [BUNDLE_IO.images]: input })
      await session.close()
      const bundle = await loadBundle(run.files.model, { threads: 1, batchSize: 16 })
      const { probabilities } = await bundle.predict(images, batch)
      await bundle.close()
      const wanted = results[BUNDLE_IO.probabilities]!.data as Float32Array
      expect(probabilities).toBeAllClose(wanted, { absolute: 1e-5 })
      expect(bundle.manifest).toEqual(manifest)
    },
  )
})
