/** A model that is replaced while it serves: what is refused, what takes over, and that nobody notices. */
import { mkdir, rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Preprocessing } from '../src/contracts/index.ts'
import { sha256 } from '../src/core/index.ts'
import type { ModelResolver, ModelSource } from '../src/serving/index.ts'
import { openModelSource } from '../src/serving/index.ts'
import { FULL } from './support/only-in-full.ts'
import {
  createExample,
  type Example,
  exampleModel,
  expectedProbabilities,
  flatPng,
} from './support/service-example.ts'

const headers = { host: 'localhost', 'content-type': 'image/png' }
let png: Buffer
beforeAll(async () => {
  png = await flatPng(100)
})

const predict = (example: Example) =>
  example.app.inject({ method: 'POST', url: '/predict', payload: png, headers })
const ready = async (example: Example) =>
  (await example.app.inject({ url: '/ready', headers: { host: 'localhost' } })).json()
const shaOf = async (example: Example) => (await predict(example)).json().model.sha256

describe('a new model that is no good', () => {
  let example: Example
  beforeAll(async () => {
    example = await createExample()
  })
  afterAll(() => example.close())

  const geometry = { height: 9, width: 8, channels: 1 } as const
  const preprocessing = {
    version: 1 as const,
    geometry,
    orientation: 'apply' as const,
    color: 'grey' as const,
    resize: 'bilinear-antialias' as const,
    normalization: { mean: [0], std: [1] },
  } satisfies Preprocessing
  it.each<[string, () => Uint8Array<ArrayBuffer>, RegExp]>([
    ['is empty', () => new Uint8Array(), /may be loaded/],
    ['is cut off', () => exampleModel().slice(0, 900), /may be loaded/],
    [
      'is something else',
      () => new Uint8Array(Buffer.from('PK\u0003\u0004 a zip')),
      /may be loaded/,
    ],
    ['has weights that are not numbers', () => exampleModel({ shift: Number.NaN }), /not numbers/],
    [
      'was made for other preprocessing than it says',
      () => exampleModel({ manifest: { preprocessing_fingerprint: 'f00' } }),
      /fingerprint/,
    ],
    [
      'has another shape than it says',
      () => exampleModel({ manifest: { preprocessing } }),
      /finger|takes/,
    ],
    [
      'names more classes than it gives',
      () => exampleModel({ manifest: { classes: ['a', 'b'] } }),
      /2 classes/,
    ],
    ['reads another file', () => withExternalData(exampleModel()), /another file|may be loaded/],
  ])('%s: the old one goes on, and the reason is told', async (_, bytes, reason) => {
    await example.replaceModel(exampleModel())
    await example.replaceModel(bytes())
    expect((await predict(example)).statusCode).toBe(200)
    expect(await shaOf(example)).toBe(sha256(exampleModel()))
    expect(await ready(example)).toEqual({ ready: true, reason: expect.stringMatching(reason) })
    expect(example.warnings.at(-1)).toMatch(reason)
    expect(example.metrics.text()).toContain('atelier_model_refused 1')
    await example.replaceModel(exampleModel({ shift: 1 }))
    expect(await ready(example)).toEqual({ ready: true })
    expect(await shaOf(example)).toBe(sha256(exampleModel({ shift: 1 })))
  })

  it('is gone: the old one goes on', async () => {
    const before = await shaOf(example)
    await rm(example.modelPath)
    await example.service.slot.reload()
    expect(await shaOf(example)).toBe(before)
    await mkdir(example.modelPath)
    await example.service.slot.reload()
    expect(await shaOf(example)).toBe(before)
    expect((await ready(example)).reason).toContain('no model file model.onnx')
    await rm(example.modelPath, { recursive: true })
  })

  it('is tried once only, until it changes', async () => {
    await example.replaceModel(new Uint8Array([1]))
    const refusals = () =>
      /reloads_total\{result="refused"\} (\d+)/.exec(example.metrics.text())![1]
    const before = refusals()
    await example.service.slot.reload()
    await example.service.slot.reload()
    expect(refusals()).toBe(before)
    await example.replaceModel(new Uint8Array([2]))
    expect(Number(refusals())).toBe(Number(before) + 1)
  })
})

/** The name of a tensor's place outside, written over a byte of the same message: data_location = EXTERNAL. */
function withExternalData(model: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(model).toString('latin1')
  // field 14 of a TensorProto, 1: behind the raw data (field 9) of the bias, 3 floats
  const at = text.lastIndexOf('\x4a\x0c')
  expect(at).toBeGreaterThan(0)
  const changed = new Uint8Array(model)
  changed.set([0x70, 0x01], at)
  return changed
}

describe('a model that is replaced', () => {
  const times = FULL ? 200 : 12
  it(`${times} times under load: no request fails, and each answer is its model's`, async () => {
    const example = await createExample({ config: { workers: 1 } })
    const url = await example.listen()
    const shifts = new Map([[sha256(exampleModel()), 0]])
    let stop = false
    const failures: string[] = []
    const seen = new Set<string>()
    const client = async () => {
      let count = 0
      for (; !stop; count++) {
        const { 'content-type': type } = headers
        const response = await fetch(`${url}/predict`, {
          method: 'POST',
          body: new Uint8Array(png),
          headers: { 'content-type': type },
        })
        const answer = (await response.json()) as {
          readonly model: { readonly sha256: string }
          readonly all_probabilities: { readonly grey: number }
        }
        if (response.status !== 200) failures.push(JSON.stringify(answer))
        else {
          const shift = shifts.get(answer.model.sha256)!
          const wanted = expectedProbabilities(100, shift)[1]!
          const got = answer.all_probabilities.grey
          if (!(Math.abs(got - wanted) < 1e-5)) failures.push(`${got}, wanted ${wanted}`)
          seen.add(answer.model.sha256)
        }
      }
      return count
    }
    const clients = Array.from({ length: 4 }, client)
    for (let i = 1; i <= times; i++) {
      const shift = (i % 40) / 10
      const model = exampleModel({ shift })
      shifts.set(sha256(model), shift)
      await example.replaceModel(model)
    }
    stop = true
    const counts = await Promise.all(clients)
    expect(failures).toEqual([])
    expect(counts.reduce((a, b) => a + b, 0)).toBeGreaterThan(times)
    expect(seen.size).toBeGreaterThan(Math.min(times, 40) / 2)
    expect(example.service.slot.current?.pool.alive).toBe(1)
    await example.close()
  }, 600_000)

  it('more often than it can be loaded is loaded as it is in the end', async () => {
    const example = await createExample()
    const loads = () =>
      Number(/reloads_total\{result="loaded"\} (\d+)/.exec(example.metrics.text())![1])
    const before = loads()
    let version = 0
    const source: ModelSource = {
      uri: 'counted',
      revision: async () => String(version),
      read: async () => ({
        bytes: exampleModel({ shift: version / 1000 }),
        revision: String(version),
      }),
    }
    const counted = await createExample({ service: { source, events: example.metrics.events } })
    const looks: Promise<void>[] = []
    for (version = 1; version <= 1000; version++) looks.push(counted.service.slot.reload())
    version = 1000
    await Promise.all(looks)
    await counted.service.slot.reload()
    expect(counted.service.slot.current?.model.identity.sha256).toBe(
      sha256(exampleModel({ shift: 1 })),
    )
    expect(loads() - before).toBeLessThanOrEqual(4)
    await counted.close()
    await example.close()
  })
})

describe('openModelSource', () => {
  const bytes = exampleModel()
  const signal = new AbortController().signal
  const readers = { cwd: '/', maxBytes: 1000, readUri: undefined, registry: undefined }

  it('follows an alias, and refuses bytes that are not those that were registered', async () => {
    let version = 1
    let stored = bytes
    const registry: ModelResolver = {
      revision: async () => `fashion@${version}`,
      resolve: async () => ({
        name: 'fashion',
        version,
        sha256: sha256(bytes),
        revision: `fashion@${version}`,
        bytes: async () => stored,
      }),
    }
    const source = openModelSource('models:/fashion@production', { ...readers, registry })
    const example = await createExample({ service: { source } })
    const answer = (await predict(example)).json()
    expect(answer.model).toEqual({ name: 'fashion', version: 1, sha256: sha256(bytes) })
    version = 2
    stored = exampleModel({ shift: 2 })
    await example.service.slot.reload()
    expect((await ready(example)).reason).toContain('SHA-256')
    stored = bytes
    version = 3
    await example.service.slot.reload()
    expect((await predict(example)).json().model.version).toBe(3)
    await example.close()
  })

  it('hands addresses on with the limit, and shows them without their secrets', async () => {
    const asked: unknown[] = []
    const source = openModelSource('https://user:pass@host/model.onnx?sig=secret#x', {
      ...readers,
      readUri: async (uri, { maxBytes }) => {
        asked.push(uri, maxBytes)
        return bytes
      },
    })
    expect(source.uri).toBe('https://host/model.onnx')
    expect((await source.read(signal)).bytes).toBe(bytes)
    expect(asked).toEqual(['https://user:pass@host/model.onnx?sig=secret#x', 1000])
    expect(await source.revision()).toBe(undefined)
  })

  it('says what it cannot read', () => {
    for (const uri of ['ftp://host/a', 'models:/fashion@production', 's3://bucket/a']) {
      expect(() => openModelSource(uri, readers)).toThrow(
        expect.objectContaining({ code: 'MODEL_NOT_FOUND' }),
      )
    }
  })
})
