import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../test/support/run-example.ts'
import type { UiComparison, UiFiles, UiRun, UiRunPage, UiSeriesList } from '../contracts/index.ts'
import { type Logger, systemClock } from '../core/index.ts'
import { indexRun, openRunStore, type Run, type RunStore, updateRun } from '../tracking/index.ts'
import { createUiServer } from './create-ui-server.ts'

let folder = ''
let store: RunStore
let app: FastifyInstance
const runs: Run[] = []
const warnings: string[] = []
const logger: Logger = { info: () => {}, warn: (text) => warnings.push(text) }
const PNG = Buffer.from('89504e470d0a1a0a', 'hex')

/** Five finished runs: accuracy 0.5 to 0.9, loss 1.0 to 0.6; the first has 100 steps. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-ui-'))
  store = await openRunStore({ path: join(folder, 'atelier.db') })
  for (let at = 0; at < 5; at++) {
    const clock = { ...systemClock, now: () => Date.UTC(2026, 0, 1 + at) }
    let run = await newTestRun(join(folder, 'runs'), { clock })
    const steps = Array.from({ length: at === 0 ? 100 : 3 }, (_, step) => stepLine(step + 1))
    const text = steps.map((line) => `${JSON.stringify(line)}\n`).join('')
    await writeFile(run.files.metrics, text)
    const summary = { 'val.accuracy': (5 + at) / 10, 'val.loss': (10 - at) / 10 }
    run = await updateRun(run, clock, {
      status: 'completed',
      summary,
      tags: at === 0 ? ['old'] : [],
    })
    await indexRun(run, store)
    runs.push(run)
  }
  const pages = join(folder, 'pages')
  await mkdir(join(pages, 'assets'), { recursive: true })
  const index = '<title>Atelier</title><meta name="atelier-served-by" content="ui" />'
  await writeFile(join(pages, 'index.html'), `${index}<script src="./assets/index-1.js"></script>`)
  await writeFile(join(pages, 'assets/index-1.js'), 'export {}')
  app = await createUiServer({ store, pages, logger, hosts: ['box.example'] })
})
afterAll(async () => {
  await app.close()
  await store.close()
  await rm(folder, { recursive: true })
})

const request = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ url, headers: { host: 'localhost:4400', ...headers } })

async function get<T>(url: string): Promise<T> {
  const response = await request(url)
  expect(response.statusCode, response.body).toBe(200)
  return response.json<T>()
}

const failure = async (url: string) => {
  const response = await request(url)
  return { status: response.statusCode, ...response.json<{ detail: string; code: string }>() }
}

const filtered = (filter: string) =>
  get<UiRunPage>(`/api/runs?filter=${encodeURIComponent(filter)}`)
const idsOf = (page: UiRunPage) => page.rows.map(({ id }) => id)
const idsAt = (...places: number[]) => places.map((at) => runs[at]!.record.id)

describe('GET /api/runs', () => {
  it('gives the newest first, with the columns asked for and no others', async () => {
    const page = await get<UiRunPage>('/api/runs?columns=val.accuracy,seed,nothing')
    expect(idsOf(page)).toEqual(idsAt(4, 3, 2, 1, 0))
    expect(page.rows[0]!.values).toEqual({ 'val.accuracy': 0.9, seed: 42 })
    expect(page.total).toBe(5)
  })

  it('sorts both ways and pages', async () => {
    const up = await get<UiRunPage>('/api/runs?sort=val.accuracy&limit=2')
    expect(idsOf(up)).toEqual(idsAt(0, 1))
    const down = await get<UiRunPage>('/api/runs?sort=-val.accuracy&limit=2&offset=2')
    expect(idsOf(down)).toEqual(idsAt(2, 1))
    expect(down).toMatchObject({ total: 5, offset: 2 })
  })

  it('filters', async () => {
    expect(idsOf(await filtered('val.accuracy >= 0.7 and val.loss > 0.6'))).toEqual(idsAt(3, 2))
    expect(idsOf(await filtered('tag = old'))).toEqual(idsAt(0))
    expect((await filtered('seed = 7')).total).toBe(0)
  })

  it('says where a filter is wrong', async () => {
    const answer = await failure('/api/runs?filter=seed%20%3E%3E%201')
    expect(answer).toMatchObject({ status: 400, code: 'FILTER_INVALID', position: 5 })
    expect(answer.detail).toContain('position')
  })

  it('refuses queries it does not understand, naming the part', async () => {
    for (const [query, part] of [
      ['limit=501', 'limit'],
      ['limit=x', 'limit'],
      ['offset=-1', 'offset'],
      ['trashed=maybe', 'trashed'],
      [`filter=${'x'.repeat(2001)}`, 'filter'],
    ] as const) {
      const answer = await failure(`/api/runs?${query}`)
      expect(answer, query).toMatchObject({ status: 400, code: 'BAD_REQUEST' })
      expect(answer.detail).toContain(`'${part}'`)
    }
  })
})

describe('GET /api/best', () => {
  it('gives the largest accuracy and the smallest loss among those that fit', async () => {
    const columns = 'val.accuracy,val.loss,seed,seconds'
    const filter = encodeURIComponent('val.accuracy < 0.9')
    expect(await get(`/api/best?columns=${columns}&filter=${filter}`)).toEqual({
      best: {
        'val.accuracy': { id: runs[3]!.record.id, value: 0.8 },
        'val.loss': { id: runs[3]!.record.id, value: 0.7 },
      },
    })
  })
})

describe('GET /api/keys', () => {
  it('tells metrics from configuration', async () => {
    const keys = await get<Record<string, string[]>>('/api/keys')
    expect(keys['metrics']).toEqual(['val.accuracy', 'val.loss'])
    expect(keys['config']).toContain('hyperparameters.learning_rate')
    expect(keys['config']).not.toContain('val.loss')
    expect(keys['fields']).toContain('git.commit')
  })
})

describe('GET /api/runs/:id', () => {
  it('gives record, configuration and how to reproduce it', async () => {
    const { id } = runs[0]!.record
    const run = await get<UiRun>(`/api/runs/${id}`)
    expect(run.record.id).toBe(id)
    expect(run.config).toContainEqual({ key: 'data.name', value: 'sketch', origin: null })
    expect(run.reproduce).toBe(`atelier runs reproduce ${id}`)
  })

  it('answers 404 for one that is not there', async () => {
    expect(await failure('/api/runs/nobody')).toMatchObject({ status: 404, code: 'RUN_NOT_FOUND' })
    expect(await failure('/api/runs/nobody/series')).toMatchObject({ status: 404 })
    expect(await failure('/api/runs/nobody/files/run.json')).toMatchObject({ status: 404 })
  })
})

describe('GET /api/runs/:id/series', () => {
  it('gives all metrics, thinned, with their extremes', async () => {
    const url = `/api/runs/${runs[0]!.record.id}/series`
    const { series } = await get<UiSeriesList>(`${url}?buckets=5`)
    expect(series.map(({ metric }) => metric).sort()).toEqual([
      'batch.accuracy',
      'batch.loss',
      'learning_rate',
    ])
    const loss = series.find(({ metric }) => metric === 'batch.loss')!
    expect(loss.count).toBe(100)
    expect(loss.steps.length).toBeLessThanOrEqual(20)
    expect([loss.values[0], loss.values.at(-1)]).toEqual([1, 0.01])
  })

  it('gives chosen metrics after a step', async () => {
    const url = `/api/runs/${runs[0]!.record.id}/series?metrics=batch.loss&afterStep=97`
    const { series } = await get<UiSeriesList>(url)
    expect(series.map(({ metric, steps }) => [metric, steps])).toEqual([
      ['batch.loss', [98, 99, 100]],
    ])
  })

  it('gives null for what is not a number', async () => {
    const { id } = runs[4]!.record
    const points = { steps: [9, 10], times: [1, 2], values: [Number.NaN, Number.POSITIVE_INFINITY] }
    const array = (values: number[]) => Float64Array.from(values)
    await store.addPoints(id, [
      {
        metric: 'odd',
        steps: array(points.steps),
        times: array(points.times),
        values: array(points.values),
      },
    ])
    const { series } = await get<UiSeriesList>(`/api/runs/${id}/series?metrics=odd`)
    expect(series[0]!.values).toEqual([null, null])
  })
})

describe('GET /api/runs/:id/files', () => {
  const base = () => `/api/runs/${runs[0]!.record.id}/files`

  beforeAll(async () => {
    const inside = (name: string) => join(runs[0]!.folder, name)
    await mkdir(inside('figures'))
    await writeFile(inside('figures/loss curve #1.png'), PNG)
    await writeFile(inside('report.html'), '<script>alert(1)</script>')
    await writeFile(inside('model.onnx'), 'weights')
    await writeFile(inside('empty.txt'), '')
    await writeFile(inside('.secret'), 'hidden')
    await writeFile(join(folder, 'outside.txt'), 'outside')
    await symlink(join(folder, 'outside.txt'), inside('link.txt'))
    await symlink(folder, inside('up'))
  })

  it('lists them with their kinds, without those that begin with a dot or lead outside', async () => {
    const { files, missing } = await get<UiFiles>(base())
    const kinds = Object.fromEntries(files.map(({ path, kind }) => [path, kind]))
    expect(missing).toBeNull()
    expect(kinds).toMatchObject({
      'figures/loss curve #1.png': 'image',
      'report.html': 'page',
      'model.onnx': 'data',
      'config.yaml': 'text',
    })
    expect(Object.keys(kinds)).not.toContain('.secret')
    expect(Object.keys(kinds).filter((path) => /^up|^link/.test(path))).toEqual([])
  })

  it('sends a file with its type, and 304 when it is known', async () => {
    const url = `${base()}/figures/${encodeURIComponent('loss curve #1.png')}`
    const response = await request(url)
    expect(response.headers['content-type']).toBe('image/png')
    expect(response.rawPayload).toEqual(PNG)
    const again = await request(url, { 'if-none-match': String(response.headers.etag) })
    expect([again.statusCode, again.body]).toEqual([304, ''])
    await appendFile(join(runs[0]!.folder, 'figures/loss curve #1.png'), 'x')
    const changed = await request(url, { 'if-none-match': String(response.headers.etag) })
    expect(changed.statusCode).toBe(200)
  })

  it('lets nothing in a page run, and has other files saved', async () => {
    const page = await request(`${base()}/report.html`)
    expect(page.headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/)
    const model = await request(`${base()}/model.onnx`)
    expect(model.headers['content-type']).toBe('application/octet-stream')
    expect(model.headers['content-disposition']).toMatch(/^attachment/)
    expect((await request(`${base()}/empty.txt`)).body).toBe('')
  })

  it('answers 404 for every way out of the folder', async () => {
    for (const path of [
      '../../outside.txt',
      '..%2f..%2foutside.txt',
      '%2e%2e/%2e%2e/outside.txt',
      '..%5c..%5coutside.txt',
      'figures/../../../outside.txt',
      '%2fetc%2fpasswd',
      'link.txt',
      'up/outside.txt',
      '.secret',
      'figures',
      'run.json%00.png',
      '',
    ]) {
      const response = await request(`${base()}/${path}`)
      expect(response.statusCode, path).not.toBe(200)
      expect(response.body, path).not.toMatch(/^(?:outside|hidden)/)
    }
  })

  it('reads no folder that does not bear the run, whatever the database says', async () => {
    const entry = (await store.get(runs[1]!.record.id))!
    await store.put({ ...entry, folder: runs[0]!.folder })
    const { files, missing } = await get<UiFiles>(`/api/runs/${runs[1]!.record.id}/files`)
    expect(files).toEqual([])
    expect(missing).toContain('not on this machine')
    await store.put(entry)
  })

  it('says so when the folder is gone', async () => {
    const { folder: place, record } = runs[2]!
    await rename(place, `${place}-away`)
    const { missing } = await get<UiFiles>(`/api/runs/${record.id}/files`)
    expect(missing).toContain(place)
    await rename(`${place}-away`, place)
  })
})

describe('GET /api/compare', () => {
  it('puts runs side by side in the order asked for', async () => {
    const [a, b] = [runs[3]!.record.id, runs[1]!.record.id]
    const answer = await get<UiComparison>(`/api/compare?ids=${a},${b},nobody`)
    expect(answer.runs.map(({ id }) => id)).toEqual([a, b])
    expect(answer.missing).toEqual(['nobody'])
    expect(answer.config.every(({ differs }) => !differs)).toBe(true)
    expect(answer.metrics).toContainEqual({
      key: 'val.accuracy',
      values: [0.8, 0.6],
      differs: true,
      goal: 'max',
    })
  })

  it('refuses more than a page can show', async () => {
    const ids = Array.from({ length: 201 }, (_, at) => `run-${at}`).join(',')
    expect(await failure(`/api/compare?ids=${ids}`)).toMatchObject({ status: 400 })
  })
})

describe('every answer', () => {
  it('is refused under a foreign host name', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', 'evil.example:4400', '[']) {
      const response = await app.inject({ url: '/api/runs', headers: { host } })
      expect(response.statusCode, host).toBe(403)
      expect(response.json()).toMatchObject({ code: 'HOST_REFUSED' })
    }
    for (const host of ['127.0.0.1:4400', '[::1]:4400', 'LOCALHOST', '10.0.0.7:1', 'box.example']) {
      const response = await app.inject({ url: '/api/runs', headers: { host } })
      expect(response.statusCode, host).toBe(200)
    }
  })

  it('carries the headers that keep foreign scripts out', async () => {
    for (const url of ['/', '/api/runs', '/api/nothing']) {
      const { headers } = await request(url)
      expect(headers['content-security-policy']).toContain("script-src 'self'")
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('reads only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      const url = `/api/runs/${runs[0]!.record.id}`
      const response = await app.inject({ method, url, headers: { host: 'localhost' } })
      expect(response.statusCode).toBe(404)
    }
  })

  it('is the page for an address of the application, and 404 for one of the API', async () => {
    expect((await request('/runs/20260101-0000-mlp-a.b')).body).toContain('<title>Atelier')
    const script = await request('/assets/index-1.js')
    expect(script.headers['content-type']).toContain('text/javascript')
    expect(script.headers['cache-control']).toContain('immutable')
    expect((await request('/assets/gone.js')).statusCode).toBe(404)
    expect(await failure('/api/gone')).toMatchObject({ status: 404, code: 'NOT_FOUND' })
  })

  it('loads its files from where they are, however deep the address of the page', async () => {
    const scriptOf = async (url: string) => /src="([^"]+)"/.exec((await request(url)).body)![1]!
    for (const url of ['/', '/compare?ids=a', '/runs/one', '/runs/one/', '/index.html']) {
      const script = new URL(await scriptOf(url), `http://localhost${url}`)
      expect(script.pathname, url).toBe('/assets/index-1.js')
    }
    const { headers } = await request('/runs/one')
    const again = await request('/runs/two', { 'if-none-match': String(headers['etag']) })
    expect(again.statusCode).toBe(304)
  })

  it('tells of a defect without its insides, and the log of them', async () => {
    const broken: RunStore = { ...store, keys: () => Promise.reject(new Error('inside')) }
    const other = await createUiServer({ store: broken, pages: folder, logger })
    const response = await other.inject({ url: '/api/keys', headers: { host: 'localhost' } })
    expect(response.json()).toEqual({ detail: 'A defect in Atelier.', code: 'INTERNAL' })
    expect(warnings.join()).toContain('inside')
    await other.close()
  })
})
