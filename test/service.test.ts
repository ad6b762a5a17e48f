/** The inference service through its routes, without a socket. */
import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import {
  batchAnswerSchema,
  classesAnswerSchema,
  healthAnswerSchema,
  predictAnswerSchema,
  readyAnswerSchema,
  rootAnswerSchema,
  serviceErrorSchema,
  versionAnswerSchema,
} from '../src/contracts/index.ts'
import { AtelierError, sha256 } from '../src/core/index.ts'
import {
  CLASSES,
  createExample,
  type Example,
  exampleModel,
  expectedProbabilities,
  flatPng,
  formOf,
} from './support/service-example.ts'

const HOST = 'localhost:8080'
let example: Example
let png: Buffer
beforeAll(async () => {
  example = await createExample({ config: { max_file_bytes: 20_000, max_files: 5 } })
  png = await flatPng(250)
})
afterAll(() => example.close())

async function send(request: InjectOptions, to: Example = example): Promise<Response> {
  const { headers = {}, ...rest } = request
  return to.app.inject({ ...rest, headers: { host: HOST, ...headers } })
}

async function get<S extends z.ZodType>(url: string, schema: S, to = example) {
  const response = await send({ url }, to)
  expect(response.statusCode, response.body).toBe(200)
  return schema.parse(response.json())
}

const raw = (bytes: Buffer, type = 'image/png', to = example, url = '/predict') =>
  send({ method: 'POST', url, payload: bytes, headers: { 'content-type': type } }, to)
const predictForm = (bytes: Uint8Array, to = example) =>
  send(
    { method: 'POST', url: '/predict', ...formOf([{ field: 'file', name: 'a.png', bytes }]) },
    to,
  )

async function refused(response: Promise<Response>) {
  const { statusCode, body, headers } = await response
  const { code, detail } = serviceErrorSchema.parse(JSON.parse(body))
  expect(detail).not.toMatch(/\/(?:home|tmp|work|node_modules)|at \w+ \(|\.ts\b/)
  return { status: statusCode, code, detail, headers }
}

describe('GET routes', () => {
  it('answer as the original did', async () => {
    const root = await get('/', rootAnswerSchema)
    expect(root).toMatchObject({ model_loaded: true, classes: [...CLASSES] })
    expect(await get('/health', healthAnswerSchema)).toEqual({
      status: 'healthy',
      model_loaded: true,
      model_path: 'model.onnx',
    })
    expect(await get('/classes', classesAnswerSchema)).toEqual({
      classes: [...CLASSES],
      num_classes: 3,
    })
  })

  it('tell versions, fingerprint and geometry', async () => {
    const version = await get('/version', versionAnswerSchema)
    expect(version.model).toEqual({
      name: 'example',
      version: null,
      sha256: sha256(exampleModel()),
    })
    expect(version.geometry).toEqual({ height: 8, width: 8, channels: 1 })
    expect(version.fingerprint).toMatch(/^[0-9a-f]{64}$/)
    expect(await get('/ready', readyAnswerSchema)).toEqual({ ready: true })
  })
})

describe('POST /predict', () => {
  it('answers a form and a body alike, with what the model says', async () => {
    const [form, body] = await Promise.all([predictForm(png), raw(png)])
    const answers = [form, body].map((response) => predictAnswerSchema.parse(response.json()))
    for (const answer of answers) {
      expect(answer.predicted_class).toBe('light')
      expect(Object.keys(answer.all_probabilities)).toEqual([...CLASSES])
      const wanted = expectedProbabilities(250)
      expect(Object.values(answer.all_probabilities)).toBeAllClose(wanted, { absolute: 1e-6 })
      expect(answer.confidence).toBe(answer.all_probabilities['light'])
      expect(answer.model.sha256).toBe(sha256(exampleModel()))
    }
    const [one, two] = answers
    expect(one!.prediction_id).not.toBe(two!.prediction_id)
    expect(one!.all_probabilities).toEqual(two!.all_probabilities)
  })

  it('takes every format, whatever it is called, and any size', async () => {
    const large = {
      create: { width: 300, height: 200, channels: 3, background: '#fafafa' },
    } as const
    for (const format of ['jpeg', 'webp', 'gif', 'tiff', 'png'] as const) {
      const bytes = await sharp(large).toFormat(format).toBuffer()
      const answer = predictAnswerSchema.parse((await raw(bytes, 'image/x-any')).json())
      expect(answer.all_probabilities['light'], format).toBeCloseTo(
        expectedProbabilities(250)[2]!,
        2,
      )
    }
  })

  it('sends the pixels that the model saw when asked to', async () => {
    const answer = (await raw(png, 'image/png', example, '/predict?include=input')).json()
    expect(answer.model_input).toMatchObject({ height: 8, width: 8, channels: 1 })
    expect(Buffer.from(answer.model_input.data, 'base64')).toEqual(Buffer.alloc(64, 250))
  })

  it('refuses what is no picture with 400, naming the file', async () => {
    const answer = await refused(predictForm(Buffer.from('no picture')))
    expect(answer).toMatchObject({ status: 400, code: 'IMAGE_UNREADABLE' })
    expect(answer.detail).toContain('a.png')
    const cut = await refused(raw(png.subarray(0, png.length - 20)))
    expect(cut).toMatchObject({ status: 400, code: 'IMAGE_UNREADABLE' })
  })

  it('refuses what is too large with 413', async () => {
    const noise = Buffer.concat([png, Buffer.alloc(30_000)])
    expect(await refused(predictForm(noise))).toMatchObject({ status: 413 })
    const larger = await refused(raw(Buffer.concat([noise, noise])))
    expect(larger).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' })
    expect(larger.detail).toMatch(/larger than \d+ bytes/)
    const black = { width: 6000, height: 5000, channels: 3 as const, background: 'black' }
    const bomb = await createExample()
    const bytes = await sharp({ create: black }).png({ compressionLevel: 9 }).toBuffer()
    const answer = await refused(raw(bytes, 'image/png', bomb))
    await bomb.close()
    expect(answer).toMatchObject({ status: 413, code: 'IMAGE_TOO_LARGE' })
  })

  it('refuses a form without the field with 422', async () => {
    const send422 = (files: Parameters<typeof formOf>[0]) =>
      refused(send({ method: 'POST', url: '/predict', ...formOf(files) }))
    for (const files of [
      [],
      [{ field: 'image', name: 'a.png', bytes: png }],
      [{ field: 'file', bytes: 'text' }],
    ]) {
      expect(await send422(files)).toMatchObject({ status: 422, code: 'FIELD_MISSING' })
    }
    expect(await refused(raw(Buffer.alloc(0)))).toMatchObject({ status: 422 })
    expect(await refused(send({ method: 'POST', url: '/predict' }))).toMatchObject({ status: 422 })
  })

  it('refuses bodies of other types with 415', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/json\ta', 'image']) {
      expect(await refused(raw(png, type)), type).toMatchObject({ status: 415 })
    }
  })

  it('refuses broken forms with 400', async () => {
    const good = formOf([{ field: 'file', name: 'a.png', bytes: png }])
    const broken = async (payload: Buffer, type = good.headers['content-type']) => {
      const request = { method: 'POST', url: '/predict', payload } as const
      return refused(send({ ...request, headers: { 'content-type': type } }))
    }
    const text = good.payload.toString('latin1')
    const changed = (from: string, to: string) => Buffer.from(text.replace(from, to), 'latin1')
    for (const [payload, type] of [
      [good.payload.subarray(0, 40)],
      [good.payload.subarray(0, good.payload.length - 10)],
      [good.payload, 'multipart/form-data'],
      [good.payload, 'multipart/form-data; boundary='],
      [good.payload, `multipart/form-data; boundary=${'x'.repeat(71)}`],
      [good.payload, 'multipart/form-data; boundary=other'],
      [changed('content-disposition', 'x-other')],
      [changed(' name="file";', '')],
      [changed('form-data', 'attachment')],
      [changed('filename', `x="${'y'.repeat(3000)}"; filename`)],
      [changed('\r\n\r\n', '\r\ncontent-transfer-encoding: base64\r\n\r\n')],
      [Buffer.from('--x-boundary-x')],
    ] as [Buffer, string?][]) {
      expect(await broken(payload, type)).toMatchObject({ status: 400, code: 'FORM_INVALID' })
    }
    const many = Array.from({ length: 1000 }, (_, i) => ({ field: `f${i}`, bytes: '1' }))
    const flood = refused(send({ method: 'POST', url: '/predict', ...formOf(many) }))
    expect(await flood).toMatchObject({ status: 413 })
  })

  it('is not led astray by names', async () => {
    for (const field of ['__proto__', 'constructor', 'file']) {
      const files = [
        { field, name: '../../etc/passwd', bytes: png },
        { field: 'file', name: `x"\u0000<script>`.replaceAll('"', '%22'), bytes: png },
      ]
      const response = await send({ method: 'POST', url: '/predict', ...formOf(files) })
      expect(response.statusCode, response.body).toBe(200)
    }
  })
})

describe('POST /predict/batch', () => {
  const batch = (files: Parameters<typeof formOf>[0], to = example) =>
    send({ method: 'POST', url: '/predict/batch', ...formOf(files) }, to)

  it('answers every file in order, and a broken one by its error', async () => {
    const files = [
      { field: 'files', name: 'light.png', bytes: png },
      { field: 'files', name: 'broken.png', bytes: 'no picture' },
      { field: 'files', name: 'dark.png', bytes: await flatPng(2) },
    ]
    const answer = batchAnswerSchema.parse((await batch(files)).json())
    expect(answer.batch_size).toBe(3)
    expect(answer.results).toMatchObject([
      { filename: 'light.png', predicted_class: 'light' },
      { filename: 'broken.png', code: 'IMAGE_UNREADABLE' },
      { filename: 'dark.png', predicted_class: 'dark' },
    ])
    expect(answer.total_time_seconds).toBeGreaterThan(0)
  })

  it('refuses none, and more than allowed', async () => {
    const file = { field: 'files', name: 'a.png', bytes: png }
    expect(await refused(batch([]))).toMatchObject({ status: 422 })
    expect(await refused(batch(Array(6).fill(file)))).toMatchObject({ status: 413 })
    expect(await refused(batch(Array(60).fill(file)))).toMatchObject({ status: 413 })
  })

  it('takes a hundred, many more than fit into one run of the model', async () => {
    const wide = await createExample({ config: { max_batch: 8, queue_batches: 1 } })
    const files = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => ({
        field: 'files',
        name: `${i}.png`,
        bytes: await flatPng(i * 2),
      })),
    )
    const { results } = batchAnswerSchema.parse((await batch(files, wide)).json())
    await wide.close()
    expect(results.map(({ filename }) => filename)).toEqual(files.map(({ name }) => name))
    const classes = results.map((result) => ('confidence' in result ? result.predicted_class : ''))
    expect([classes[0], classes.at(-1)]).toEqual(['dark', 'light'])
  })
})

describe('POST /feedback', () => {
  const feedback = (body: object, to = example) =>
    send({ method: 'POST', url: '/feedback', payload: body }, to)
  const id = '7b0c4f0e-94d8-4f4e-9a44-3f1f0b8f7a11'

  it('says that there is no log to put it to', async () => {
    const answer = await refused(feedback({ prediction_id: id, label: 'dark' }))
    expect(answer).toMatchObject({ status: 404, code: 'FEEDBACK_UNAVAILABLE' })
  })

  it('hands the label on where there is one, and passes its refusal back', async () => {
    const heard: unknown[] = []
    const logged = await createExample({
      app: {
        onFeedback: (given) => {
          if (given.label === 'grey') throw new AtelierError('MODEL_NOT_FOUND', 'unknown id')
          heard.push(given)
        },
      },
    })
    const taken = await feedback({ prediction_id: id, label: 'dark' }, logged)
    expect([taken.statusCode, taken.json()]).toEqual([202, { prediction_id: id, label: 'dark' }])
    expect(heard).toEqual([{ prediction_id: id, label: 'dark', time: expect.any(Number) }])
    for (const [body, status, code] of [
      [{ prediction_id: id, label: 'grey' }, 404, 'MODEL_NOT_FOUND'],
      [{ prediction_id: id, label: 'Dark' }, 422, 'LABEL_UNKNOWN'],
      [{ prediction_id: 'x', label: 'dark' }, 422, 'BODY_INVALID'],
      [{ prediction_id: id }, 422, 'BODY_INVALID'],
      [{ prediction_id: id, label: 'dark', more: 1 }, 422, 'BODY_INVALID'],
      [[], 422, 'BODY_INVALID'],
    ] as const) {
      expect(await refused(feedback(body, logged))).toMatchObject({ status, code })
    }
    await logged.close()
  })
})

describe('GET /metrics', () => {
  it('is in the format of Prometheus, each series once', async () => {
    await raw(png)
    const { headers, body } = await send({ url: '/metrics' })
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    const samples = readExposition(body)
    expect(samples.get('http_requests_total{route="/predict",code="200"}')).toBeGreaterThan(0)
    expect(samples.get('atelier_predictions_total')).toBeGreaterThan(0)
    expect(samples.get('atelier_batch_size_count')).toBeGreaterThan(0)
    const sha = sha256(exampleModel())
    expect([...samples.keys()].find((key) => key.startsWith('atelier_model_info'))).toContain(sha)
  })

  it('gives the totals of the original in JSON', async () => {
    const { body } = await send({ url: '/metrics', headers: { accept: 'application/json' } })
    expect(JSON.parse(body)).toEqual({
      total_requests: expect.any(Number),
      total_predictions: expect.any(Number),
      average_prediction_time_ms: expect.any(Number),
    })
  })
})

/** Samples by name and labels. Throws for what Prometheus would not read. */
function readExposition(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const typed = new Map<string, string>()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.trimEnd().split('\n')) {
    const meta = /^# (HELP|TYPE) ([a-z_0-9]+) (.+)$/.exec(line)
    if (meta !== null) {
      if (meta[1] === 'TYPE') {
        expect(typed.has(meta[2]!), line).toBe(false)
        typed.set(meta[2]!, meta[3]!)
      }
      continue
    }
    const sample =
      /^([a-z_0-9]+)(\{(?:[a-z_0-9]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[0-9.e+-]+|\+Inf|NaN)$/.exec(
        line,
      )
    expect(sample, line).not.toBe(null)
    const [, name, labels = '', value] = sample!
    const base = name!.replace(/_(?:bucket|sum|count)$/, '')
    const type = typed.get(name!) ?? typed.get(base)
    expect(type, line).toBeDefined()
    if (type === 'counter') expect(name).toMatch(/_total$|^nv_inference/)
    expect(samples.has(name + labels), line).toBe(false)
    samples.set(name + labels, Number(value))
  }
  for (const [key, value] of samples) {
    if (!key.includes('le="+Inf"')) continue
    const labels = key.replace(/,?le="\+Inf"/, '').replace('{}', '')
    expect(samples.get(labels.replace('_bucket', '_count')), key).toBe(value)
  }
  return samples
}

describe('documentation', () => {
  it('describes every route there is, and no other', async () => {
    const { paths } = (await send({ url: '/openapi.json' })).json() as { paths: object }
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const served = routesOf(example)
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
      .filter((route) => !/^GET \/(?:ui|docs\.css)/.test(route))
    expect(described.sort()).toEqual(served.sort())
  })

  it('refers only to what it holds, in the dialect of its version', async () => {
    const document = (await send({ url: '/openapi.json' })).json()
    expect(document.openapi).toBe('3.1.0')
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(10)
    expect(new Set(references.map(([, ref]) => ref))).toEqual(
      new Set(['#/components/schemas/Error']),
    )
    expect(document.components.schemas.Error.required).toEqual(['detail', 'code'])
    const operationIds = Object.values<object>(document.paths)
      .flatMap((operations) => Object.values<{ operationId: string }>(operations as never))
      .map(({ operationId }) => operationId)
    expect(new Set(operationIds).size).toBe(operationIds.length)
  })

  it('is a page that loads nothing from elsewhere and runs nothing', async () => {
    const { body, headers } = await send({ url: '/docs' })
    expect(body).toContain('/predict/batch')
    expect(body).not.toMatch(/<script|https?:\/\/(?!json-schema\.org)|style=/)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect((await send({ url: '/docs.css' })).headers['content-type']).toContain('text/css')
  })
})

const routesOf = ({ app }: Example) => app.accessRules().filter(({ method }) => method !== 'HEAD')

describe('a route', () => {
  /** Who may call what with no token at hand, when the server has one. */
  const access: Readonly<Record<string, 'open' | 'predict' | 'token'>> = {
    'GET /': 'open',
    'GET /health': 'open',
    'GET /ready': 'open',
    'GET /classes': 'open',
    'GET /docs': 'open',
    'GET /docs.css': 'open',
    'GET /openapi.json': 'open',
    'GET /ui/': 'open',
    'GET /ui/*': 'open',
    'GET /version': 'token',
    'GET /metrics': 'token',
    'POST /feedback': 'token',
    'POST /predict': 'predict',
    'POST /predict/batch': 'predict',
    'GET /v2': 'open',
    'GET /v2/health/live': 'open',
    'GET /v2/health/ready': 'open',
    'GET /v2/models/:model': 'open',
    'GET /v2/models/:model/ready': 'open',
    'GET /v2/models/:model/versions/:version': 'open',
    'GET /v2/models/:model/versions/:version/ready': 'open',
    'POST /v2/models/:model/infer': 'predict',
    'POST /v2/models/:model/versions/:version/infer': 'predict',
  }
  const token = 'a token of some length'

  it.each([
    [false, ['token']],
    [true, ['token', 'predict']],
  ])(
    'is guarded as the table says, predictions protected: %s',
    async (protect_predict, guarded) => {
      const kept = await createExample({ app: { token }, config: { protect_predict } })
      const routes = routesOf(kept)
      expect(routes.map(({ method, url }) => `${method} ${url}`).sort()).toEqual(
        Object.keys(access).sort(),
      )
      for (const { method, url } of kept.app.accessRules()) {
        const path = url.replace(':model', 'example').replace(':version', '1').replace('*', '')
        const statusWith = async (headers: Record<string, string>) =>
          (await send({ method: method as 'GET', url: path, headers }, kept)).statusCode
        const isGuarded = guarded.includes(access[`${method.replace('HEAD', 'GET')} ${url}`]!)
        for (const authorization of [
          undefined,
          'Bearer wrong',
          `Basic ${token}`,
          'Bearer ',
          token,
        ]) {
          const status = await statusWith(authorization === undefined ? {} : { authorization })
          expect(status === 401, `${method} ${path} ${authorization}`).toBe(isGuarded)
        }
        expect(
          await statusWith({ authorization: `Bearer ${token.replaceAll(' ', '')}` }),
          path,
        ).toBe(isGuarded ? 401 : await statusWith({}))
      }
      await kept.close()
    },
  )

  it('is open to who has the token', async () => {
    const secret = 'correct-horse-battery'
    const kept = await createExample({ app: { token: secret }, config: { protect_predict: true } })
    const authorization = `Bearer ${secret}`
    expect((await send({ url: '/metrics', headers: { authorization } }, kept)).statusCode).toBe(200)
    const refusal = await refused(send({ url: '/metrics' }, kept))
    expect(refusal).toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
    expect(refusal.headers['www-authenticate']).toBe('Bearer')
    const form = formOf([{ field: 'file', name: 'a.png', bytes: png }])
    const headers = { ...form.headers, authorization }
    const predicted = await send({ method: 'POST', url: '/predict', ...form, headers }, kept)
    expect(predicted.statusCode).toBe(200)
    await kept.close()
  })

  it('cannot be reached by another spelling of its path', async () => {
    const kept = await createExample({ app: { token } })
    for (const url of [
      '//metrics',
      '/metrics/',
      '/%6detrics',
      '/METRICS',
      '/v2/../metrics',
      '/;/metrics',
    ]) {
      const { statusCode, body } = await send({ url }, kept)
      expect([401, 404], `${url} ${body}`).toContain(statusCode)
    }
    await kept.close()
  })
})

describe('every answer', () => {
  it('says 404 for no route and 405 for no method', async () => {
    expect(await refused(send({ url: '/nothing' }))).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
    })
    const wrong = await refused(send({ url: '/predict' }))
    expect(wrong).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' })
    expect(wrong.headers['allow']).toBe('POST')
    const deep = await refused(send({ method: 'DELETE', url: '/predict/batch' }))
    expect(deep.status).toBe(405)
  })

  it('may not be read, framed, kept or guessed at by other sites', async () => {
    for (const response of [
      await send({ url: '/health' }),
      await raw(png),
      await send({ url: '/no' }),
    ]) {
      expect(response.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      })
      expect(response.headers).not.toHaveProperty('access-control-allow-origin')
      expect(response.headers).not.toHaveProperty('x-powered-by')
    }
  })

  it('is refused to foreign hosts and to pages of other sites', async () => {
    const host = await refused(send({ url: '/health', headers: { host: 'evil.example' } }))
    expect(host).toMatchObject({ status: 403, code: 'HOST_REFUSED' })
    const form = formOf([{ field: 'file', name: 'a.png', bytes: png }])
    const from = (origin: string) =>
      send({ method: 'POST', url: '/predict', ...form, headers: { ...form.headers, origin } })
    for (const origin of ['http://evil.example', 'null', 'http://localhost:9']) {
      expect(await refused(from(origin))).toMatchObject({ status: 403, code: 'ORIGIN_REFUSED' })
    }
    expect((await from(`http://${HOST}`)).statusCode).toBe(200)
  })

  it('comes at most so many times a minute to one address, where that is set', async () => {
    let now = 0
    const clock = { now: () => now, monotonic: () => now }
    const limited = await createExample({ config: { rate_limit: 3 }, app: { clock } })
    const status = async (url: string) => (await send({ url }, limited)).statusCode
    for (let i = 0; i < 3; i++) expect(await status('/classes')).toBe(200)
    const refusal = await refused(send({ url: '/classes' }, limited))
    expect(refusal).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect(refusal.headers['retry-after']).toBe('20')
    expect(await status('/health')).toBe(200)
    expect(await status('/ui/')).not.toBe(429)
    const other = await send({ url: '/classes', remoteAddress: '10.0.0.9' }, limited)
    expect(other.statusCode).toBe(200)
    now += 20_000
    expect([await status('/classes'), await status('/classes')]).toEqual([200, 429])
    await limited.close()
  })
})

describe('more than the queue holds', () => {
  it('is refused with 503 and told to come again', async () => {
    const narrow = await createExample({ config: { max_batch: 1, queue_batches: 1 } })
    const flood = await Promise.all(Array.from({ length: 40 }, () => raw(png, 'image/png', narrow)))
    const statuses = new Set(flood.map(({ statusCode }) => statusCode))
    expect(statuses).toEqual(new Set([200, 503]))
    const turnedAway = flood.find(({ statusCode }) => statusCode === 503)!
    expect(turnedAway.json()).toMatchObject({ code: 'SERVICE_OVERLOADED' })
    expect(turnedAway.headers).toMatchObject({
      'retry-after': '1',
      'x-content-type-options': 'nosniff',
    })
    expect(narrow.metrics.text()).toMatch(/http_requests_total\{route="\/predict",code="503"\} \d/)
    expect((await raw(png, 'image/png', narrow)).statusCode).toBe(200)
    await narrow.close()
  })
})

describe('without a model', () => {
  it('the service runs, says so, and takes one that appears', async () => {
    const bare = await createExample({ model: null })
    expect((await send({ url: '/health' }, bare)).json()).toEqual({
      status: 'degraded',
      model_loaded: false,
      model_path: 'model.onnx',
    })
    expect((await send({ url: '/ready' }, bare)).statusCode).toBe(503)
    const answer = await refused(raw(png, 'image/png', bare))
    expect(answer).toMatchObject({ status: 503, code: 'MODEL_NOT_LOADED' })
    expect(answer.headers['retry-after']).toBe('1')
    expect(await refused(send({ url: '/classes' }, bare))).toMatchObject({ status: 503 })
    expect((await send({ url: '/version' }, bare)).json()).toMatchObject({ model: null })
    await bare.replaceModel(exampleModel())
    expect((await send({ url: '/ready' }, bare)).json()).toEqual({ ready: true })
    expect((await raw(png, 'image/png', bare)).statusCode).toBe(200)
    await bare.close()
  })
})
