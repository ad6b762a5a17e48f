/** Batches and threads: every picture gets its own answer, whatever it shares a batch with, and whatever breaks. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PredictionRecord } from '../src/contracts/index.ts'
import { AtelierError, sha256, toAtelierError } from '../src/core/index.ts'
import type { Classification } from '../src/serving/index.ts'
import {
  createExample,
  type Example,
  type ExampleOptions,
  exampleModel,
  expectedProbabilities,
  flatPng,
  threadFile,
} from './support/service-example.ts'
import { packageRoot } from './support/training-project.ts'

const pictures: Buffer[] = []
beforeAll(async () => {
  for (let level = 0; level < 256; level++) pictures.push(await flatPng(level))
})

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
const picture = (level: number) => pictures[level]!
const classify = (example: Example, level: number) =>
  example.service.classifier.classify(picture(level))
const codeOf = (example: Example, level: number) =>
  classify(example, level).then(
    () => 'ok',
    (error: unknown) => toAtelierError(error).code,
  )

function expectAnswer({ probabilities }: Classification, level: number, shift = 0): void {
  expect(probabilities).toBeAllClose(expectedProbabilities(level, shift), { absolute: 1e-5 })
}

describe('Classifier', () => {
  let example: Example
  beforeAll(async () => {
    example = await createExample({ config: { workers: 2, max_batch: 4, queue_batches: 30 } })
  })
  afterAll(() => example.close())

  it('gives every picture its own answer, in any interleaving', async () => {
    const burst = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 12 })
    const gap = fc.integer({ min: 0, max: 3 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(burst, gap), { maxLength: 6 }), async (bursts) => {
        const asked: Promise<void>[] = []
        for (const [levels, ms] of bursts) {
          for (const level of levels) {
            asked.push(classify(example, level).then((answer) => expectAnswer(answer, level)))
          }
          if (ms > 0) await pause(ms)
          else await asked.at(-1)
        }
        await Promise.all(asked)
      }),
      { numRuns: 40 },
    )
  })

  it('gives a picture the same bits alone, first and last in a batch', async () => {
    const alone = await classify(example, 77)
    for (let run = 0; run < 20; run++) {
      const levels = [77, ...Array.from({ length: 6 }, (_, i) => run * 7 + i), 77]
      const answers = await Promise.all(levels.map((level) => classify(example, level)))
      for (const same of [answers[0]!, answers.at(-1)!]) {
        expect(same.probabilities).toEqual(alone.probabilities)
        expect(same.logits).toEqual(alone.logits)
      }
    }
  })

  it('takes what waits when a thread is free, up to max_batch', async () => {
    const batches: number[] = []
    const onPrediction = (records: readonly PredictionRecord[]) => void batches.push(records.length)
    const slow = await faulty({ config: { max_batch: 4 }, service: { onPrediction } })
    const first = classify(slow, 205)
    await pause(20)
    await Promise.all([first, ...Array.from({ length: 18 }, (_, i) => classify(slow, i))])
    expect(batches).toEqual([1, 4, 4, 4, 4, 2])
    await slow.close()
  })
})

describe('an overloaded service', () => {
  it('answers what its queue holds, turns the rest away at once, and recovers', async () => {
    const example = await createExample({ config: { max_batch: 2, queue_batches: 2 } })
    const asked = Array.from({ length: 60 }, (_, i) => codeOf(example, i))
    const codes = await Promise.all(asked)
    const count = (code: string) => codes.filter((given) => given === code).length
    expect(count('ok') + count('SERVICE_OVERLOADED')).toBe(60)
    expect(count('ok')).toBeGreaterThanOrEqual(6)
    expect(count('SERVICE_OVERLOADED')).toBeGreaterThan(0)
    expectAnswer(await classify(example, 5), 5)
    await example.close()
  })

  it('does not run what has waited too long', async () => {
    const example = await faulty({ config: { max_batch: 1, deadline_ms: 100 } })
    const slow = codeOf(example, 205)
    await pause(20)
    const waiting = [codeOf(example, 1), codeOf(example, 2)]
    const began = performance.now()
    expect(await Promise.all(waiting)).toEqual(['PREDICTION_TIMEOUT', 'PREDICTION_TIMEOUT'])
    expect(performance.now() - began).toBeLessThan(200)
    expect(await slow).toBe('ok')
    expect(await codeOf(example, 3)).toBe('ok')
    expect(example.metrics.text()).toContain('nv_inference_count{model="example",version=""} 2')
    await example.close()
  })

  it('does not run what nobody waits for any more', async () => {
    const records: PredictionRecord[] = []
    const onPrediction = (given: readonly PredictionRecord[]) => void records.push(...given)
    const example = await faulty({ config: { max_batch: 1 }, service: { onPrediction } })
    const slow = codeOf(example, 205)
    await pause(20)
    const left = example.service.classifier.classify(picture(9), { isGone: () => true })
    await expect(left).rejects.toThrow('went away')
    await slow
    expect(await codeOf(example, 3)).toBe('ok')
    expect(records).toHaveLength(2)
    await example.close()
  })
})

function faulty(options: ExampleOptions = {}): Promise<Example> {
  const model = pathToFileURL(join(packageRoot, 'test/support/faulty-model-thread.mjs'))
  const threads = { model, decode: threadFile('decode-thread') }
  return createExample({ ...options, service: { threads, ...options.service } })
}

describe('a thread that breaks', () => {
  it.each([
    ['throws', 201],
    ['runs out of memory', 203],
    ['ends the process, as it believes', 204],
  ])('%s: only its batch fails, and another takes over within a second', async (_, fault) => {
    const example = await faulty({ config: { max_batch: 1, deadline_ms: 20_000 } })
    const broken = codeOf(example, fault)
    const behind = [codeOf(example, 1), codeOf(example, 2)]
    expect(await broken).toBe('WORKER_FAILED')
    const began = performance.now()
    expect(await Promise.all(behind)).toEqual(['ok', 'ok'])
    expect(performance.now() - began).toBeLessThan(1500)
    expect(example.warnings.join()).toContain('a thread that runs the model ended')
    expect(example.metrics.text()).toContain('atelier_worker_restarts_total 1')
    await example.close()
  })

  it('hangs: it is ended after its time', async () => {
    const example = await faulty({ config: { max_batch: 1, deadline_ms: 400 } })
    const began = performance.now()
    expect(await codeOf(example, 202)).toBe('WORKER_FAILED')
    expect(performance.now() - began).toBeGreaterThan(800)
    await expect.poll(() => codeOf(example, 1), { timeout: 3000 }).toBe('ok')
    await example.close()
  })

  it('leaves its queue to the other threads', async () => {
    const example = await faulty({ config: { workers: 2, max_batch: 1, queue_batches: 50 } })
    await expect.poll(() => example.service.slot.current?.pool.alive).toBe(2)
    const codes = await Promise.all(
      [201, ...Array.from({ length: 40 }, (_, i) => i)].map((level) => codeOf(example, level)),
    )
    expect(codes.filter((code) => code !== 'ok')).toEqual(['WORKER_FAILED'])
    await example.close()
  })

  it('again and again is started more and more slowly, and the service says that it cannot', async () => {
    const example = await faulty({ config: { max_batch: 1 } })
    for (let i = 0; i < 4; i++) {
      await expect.poll(() => codeOf(example, 201), { timeout: 5000 }).toBe('WORKER_FAILED')
    }
    const headers = { host: 'localhost' }
    const ready = await example.app.inject({ url: '/ready', headers })
    expect(ready.statusCode).toBe(503)
    const refused = await codeOf(example, 1)
    expect(refused).toBe('SERVICE_OVERLOADED')
    await expect.poll(() => codeOf(example, 1), { timeout: 5000 }).toBe('ok')
    await example.close()
  })
})

describe('onPrediction', () => {
  it('hears of a batch before its answers leave', async () => {
    const log: string[] = []
    const records: PredictionRecord[] = []
    const example = await createExample({
      service: {
        onPrediction: async (given) => {
          records.push(...given)
          await pause(20)
          log.push('recorded')
        },
      },
    })
    const answer = await classify(example, 255)
    log.push('answered')
    expect(log).toEqual(['recorded', 'answered'])
    expect(records[0]).toMatchObject({
      id: answer.id,
      model: { name: 'example', version: null },
      features: { avg_brightness: 1, contrast: 0 },
      image: { width: 8, height: 8, format: 'png' },
      predicted_class: 'light',
      probabilities: answer.probabilities,
    })
    expect(records[0]!.latency_ms).toBeGreaterThan(0)
    await example.close()
  })

  it('keeps nobody from the answer when it fails, and is counted', async () => {
    const example = await createExample({
      service: { onPrediction: () => Promise.reject(new AtelierError('DISK_FULL', 'no room')) },
    })
    expectAnswer(await classify(example, 3), 3)
    expect(example.metrics.text()).toContain('atelier_prediction_records_lost_total 1')
    expect(example.warnings.join()).toContain('no room')
    await example.close()
  })
})

describe('pictures that take long to decode', () => {
  it('hold up neither others nor the event loop', async () => {
    const example = await createExample()
    const large = await flatPng(200, 3000)
    const decoding = Promise.all(
      Array.from({ length: 4 }, () => example.service.classifier.classify(large)),
    )
    let slowest = 0
    for (let i = 0; i < 20; i++) {
      const began = performance.now()
      await classify(example, i)
      slowest = Math.max(slowest, performance.now() - began)
    }
    expect(slowest).toBeLessThan(300)
    for (const answer of await decoding) expectAnswer(answer, 200)
    await example.close()
  })

  it('are given up after their time', async () => {
    const example = await createExample({ config: { request_timeout_ms: 30 } })
    const large = await flatPng(200, 4000)
    await expect(example.service.classifier.classify(large)).rejects.toMatchObject({
      code: 'PREDICTION_TIMEOUT',
    })
    const { pixels } = await example.service.classifier.classify(picture(1))
    expect(pixels).toHaveLength(64)
    await example.close()
  })
})

describe('model after model', () => {
  it('never give an answer of another', async () => {
    const example = await createExample({ config: { workers: 2, max_batch: 4 } })
    const shiftOf = new Map<string, number>()
    let stop = false
    const asking = Array.from({ length: 6 }, async (_, client) => {
      let count = 0
      for (let i = client; !stop; i = (i + 37) % 256) {
        const answer = await classify(example, i)
        const shift = shiftOf.get(answer.model.identity.sha256) ?? 0
        expectAnswer(answer, i, shift)
        count++
      }
      return count
    })
    for (let version = 1; version <= 8; version++) {
      const model = exampleModel({ shift: version / 4 })
      shiftOf.set(sha256(model), version / 4)
      await example.replaceModel(model)
    }
    stop = true
    const counts = await Promise.all(asking)
    expect(Math.min(...counts)).toBeGreaterThan(10)
    await example.close()
  })
})
