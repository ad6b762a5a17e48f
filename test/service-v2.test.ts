/** The Open Inference Protocol, version 2, as its clients speak it: JSON, and binary tensors. */
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CLASSES,
  createExample,
  type Example,
  expectedProbabilities,
  SIDE,
} from './support/service-example.ts'

const PIXELS = SIDE * SIDE
const INFER = '/v2/models/example/infer'
const LENGTH = 'inference-header-content-length'
let example: Example
beforeAll(async () => {
  example = await createExample({ config: { max_files: 20, max_batch: 4 } })
})
afterAll(() => example.close())

const send = ({ headers = {}, ...rest }: InjectOptions) =>
  example.app.inject({ ...rest, headers: { host: 'localhost', ...headers } })
const post = (payload: object | string, url = INFER) =>
  send({ method: 'POST', url, payload, headers: { 'content-type': 'application/json' } })
const postBinary = (json: object | undefined, tensor: Uint8Array, length?: string) => {
  const head = Buffer.from(json === undefined ? '' : JSON.stringify(json))
  const headers = {
    'content-type': 'application/octet-stream',
    [LENGTH]: length ?? `${head.length}`,
  }
  return send({ method: 'POST', url: INFER, payload: Buffer.concat([head, tensor]), headers })
}
const input = (count: number, more: object) => ({
  name: 'images',
  datatype: 'UINT8',
  shape: [count, 1, SIDE, SIDE],
  ...more,
})
const flat = (...levels: number[]) => levels.flatMap((level) => Array<number>(PIXELS).fill(level))
const rowsOf = (data: readonly number[]) =>
  Array.from({ length: data.length / CLASSES.length }, (_, i) =>
    data.slice(i * CLASSES.length, (i + 1) * CLASSES.length),
  )

/** Each row of an answer is what the model says of a picture of its level. */
function expectRows(data: readonly number[], levels: readonly number[]): void {
  const rows = rowsOf(data)
  expect(rows).toHaveLength(levels.length)
  for (const [i, level] of levels.entries()) {
    expect(rows[i]).toBeAllClose(expectedProbabilities(level), { absolute: 1e-6 })
  }
}

describe('metadata of /v2', () => {
  it('tells the server, its health and the model in the shapes of the protocol', async () => {
    const answers = await Promise.all(
      [
        '/v2',
        '/v2/health/live',
        '/v2/health/ready',
        '/v2/models/example',
        '/v2/models/model/versions/1',
        '/v2/models/example/ready',
      ].map(async (url) => (await send({ url })).json()),
    )
    const model = {
      name: 'example',
      versions: ['1'],
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'images', datatype: 'UINT8', shape: [-1, 1, SIDE, SIDE] }],
      outputs: ['probabilities', 'logits'].map((name) => ({
        name,
        datatype: 'FP32',
        shape: [-1, CLASSES.length],
      })),
    }
    expect(answers).toEqual([
      { name: 'atelier', version: '0.0.0', extensions: ['binary_tensor_data'] },
      { live: true },
      { ready: true },
      model,
      model,
      { name: 'example', ready: true },
    ])
  })

  it('says 404 for another model or version', async () => {
    for (const path of ['other', 'example/versions/2', 'constructor', '%2e%2e', 'a%2fb']) {
      const answer = await send({ url: `/v2/models/${path}` })
      expect(answer.statusCode, path).toBe(404)
      expect(answer.json(), path).toHaveProperty('error')
    }
  })
})

describe('POST /v2/models/…/infer', () => {
  it('answers flat and nested data alike, row by row', async () => {
    const levels = [3, 120, 250]
    const nested = levels.map((level) => [
      Array.from({ length: SIDE }, () => Array<number>(SIDE).fill(level)),
    ])
    for (const data of [flat(...levels), nested]) {
      const answer = await post({ id: 'mine', inputs: [input(3, { data })] })
      expect(answer.statusCode, answer.body).toBe(200)
      const { outputs, ...rest } = answer.json()
      expect(rest).toEqual({ model_name: 'example', model_version: '1', id: 'mine' })
      expect(outputs.map(({ name }: { name: string }) => name)).toEqual(['probabilities', 'logits'])
      expect(outputs[0]).toMatchObject({ datatype: 'FP32', shape: [3, CLASSES.length] })
      expectRows(outputs[0].data, levels)
    }
  })

  it('gives the outputs that are asked for, more images than a batch takes', async () => {
    const levels = Array.from({ length: 11 }, (_, i) => i * 20)
    const inputs = [input(11, { data: flat(...levels) })]
    const { outputs } = (await post({ inputs, outputs: [{ name: 'probabilities' }] })).json()
    expect(outputs).toHaveLength(1)
    expectRows(outputs[0].data, levels)
  })

  it('takes and gives tensors as bytes', async () => {
    const levels = [10, 200]
    const parameters = { binary_data_size: 2 * PIXELS }
    const json = { parameters: { binary_data_output: true }, inputs: [input(2, { parameters })] }
    const answer = await postBinary(json, Uint8Array.from(flat(...levels)))
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.headers['content-type']).toBe('application/octet-stream')
    const length = Number(answer.headers[LENGTH])
    const { outputs } = JSON.parse(answer.rawPayload.subarray(0, length).toString())
    const bytes = 2 * CLASSES.length * 4
    for (const output of outputs) {
      expect(output.parameters).toEqual({ binary_data_size: bytes })
      expect(output).not.toHaveProperty('data')
    }
    const tensors = answer.rawPayload.subarray(length)
    expect(tensors).toHaveLength(2 * bytes)
    const data = Array.from({ length: bytes / 4 }, (_, i) => tensors.readFloatLE(4 * i))
    expectRows(data, levels)
  })

  it('mixes an output in JSON with one in bytes', async () => {
    const outputs = [
      { name: 'logits', parameters: { binary_data: true } },
      { name: 'probabilities' },
    ]
    const answer = await post({ inputs: [input(1, { data: flat(99) })], outputs })
    const length = Number(answer.headers[LENGTH])
    const described = JSON.parse(answer.rawPayload.subarray(0, length).toString()).outputs
    expect(described[0].parameters.binary_data_size).toBe(12)
    expectRows(described[1].data, [99])
    expect(answer.rawPayload).toHaveLength(length + 12)
  })

  it('takes a body that is nothing but the tensor', async () => {
    const answer = await postBinary(undefined, Uint8Array.from(flat(42)))
    expect(answer.statusCode).toBe(200)
    const tensors = answer.rawPayload.subarray(Number(answer.headers[LENGTH]))
    expectRows(
      [0, 4, 8].map((at) => tensors.readFloatLE(at)),
      [42],
    )
  })

  const data = flat(1)
  it.each([
    ['no inputs', { inputs: [] }, 400],
    ['two inputs', { inputs: [input(1, { data }), input(1, { data })] }, 400],
    ['another name', { inputs: [input(1, { data, name: 'x' })] }, 400],
    ['another type', { inputs: [input(1, { data, datatype: 'FP32' })] }, 400],
    ['another geometry', { inputs: [input(1, { data, shape: [1, 8, 8, 1] })] }, 400],
    ['too few values', { inputs: [input(1, { data: data.slice(1) })] }, 400],
    ['too many values', { inputs: [input(1, { data: [...data, 1] })] }, 400],
    ['no data', { inputs: [input(1, {})] }, 400],
    ['values out of range', { inputs: [input(1, { data: flat(256) })] }, 400],
    ['fractions', { inputs: [input(1, { data: flat(0.5) })] }, 400],
    ['objects for values', { inputs: [input(1, { data: [{ toString: 1, valueOf: 1 }] })] }, 400],
    ['data that is nested too deep', { inputs: [input(1, { data: [[[[[[1]]]]]] })] }, 400],
    ['an output it lacks', { inputs: [input(1, { data })], outputs: [{ name: 'y' }] }, 400],
    ['more images than allowed', { inputs: [input(21, { data })] }, 413],
    ['a shape far larger than memory', { inputs: [input(2 ** 45, { data })] }, 413],
  ])('refuses %s', async (_, body, status) => {
    const answer = await post(body)
    expect(answer.statusCode, answer.body).toBe(status)
    expect(Object.keys(answer.json())).toEqual(['error'])
    expect(answer.json().error).not.toMatch(/node_modules|\.ts\b|at \w+ \(/)
  })

  it.each([
    ['no length', 'x'],
    ['a length beyond the body', '99999'],
    ['a negative length', '-1'],
    ['a length inside the JSON', '5'],
  ])('refuses bytes with %s', async (_, length) => {
    const parameters = { binary_data_size: PIXELS }
    const answer = await postBinary(
      { inputs: [input(1, { parameters })] },
      Buffer.alloc(PIXELS),
      length,
    )
    expect(answer.statusCode, answer.body).toBe(400)
  })

  it('refuses bytes of another number than announced', async () => {
    for (const size of [PIXELS - 1, PIXELS + 1, 0]) {
      const parameters = { binary_data_size: PIXELS }
      const answer = await postBinary({ inputs: [input(1, { parameters })] }, Buffer.alloc(size))
      expect(answer.statusCode).toBe(400)
    }
    const many = await postBinary(undefined, Buffer.alloc(PIXELS * 21))
    expect(many.statusCode).toBe(413)
  })
})
