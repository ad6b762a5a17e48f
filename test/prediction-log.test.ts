/** The prediction log: rows, journal and store together; PostgreSQL with ATELIER_TEST=full. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PredictionRecord } from '../src/contracts/index.ts'
import { silentLogger, systemClock, timeOrderedId } from '../src/core/index.ts'
import { adoptJournals } from '../src/monitoring/log/adopt-journals.ts'
import { openCsvSink } from '../src/monitoring/log/csv-sink.ts'
import { storeCourier } from '../src/monitoring/log/journal-courier.ts'
import { openJournaledSink } from '../src/monitoring/log/journaled-sink.ts'
import { openObjectPredictionStore } from '../src/monitoring/log/objects/object-prediction-store.ts'
import { openPredictionStore } from '../src/monitoring/log/open-prediction-store.ts'
import { toRecords, toRows } from '../src/monitoring/log/prediction-rows.ts'
import type { PredictionQuery, PredictionStore } from '../src/monitoring/log/prediction-store.ts'
import { ThreadCourier } from '../src/monitoring/log/thread-courier.ts'
import { bodyOf, createBuckets } from './support/object-bucket-model.ts'
import {
  type Emulator,
  hasFakeGcs,
  hasMoto,
  startFakeGcs,
  startMoto,
} from './support/object-emulators.ts'
import { gcsModel, serveGcs } from './support/object-gcs-server.ts'
import { s3Model, serveS3 } from './support/object-s3-server.ts'
import { startServer, type TestServer } from './support/object-web-server.ts'
import { describeOnPostgres } from './support/on-postgres.ts'
import { leftOut } from './support/only-in-full.ts'
import { EXAMPLE_MODEL, predictionRecord } from './support/prediction-example.ts'

const NOW = Date.UTC(2026, 10, 25)
const DAY_MS = 86_400_000
/** Names of journals. */
const [A, B] = [timeOrderedId(NOW), timeOrderedId(NOW)]
let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atelier-predictions-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const fresh = (name: string) => join(folder, `${name}-${++count}`)
const many = (first: number, size: number) =>
  Array.from({ length: size }, (_, i) => predictionRecord(first + i, NOW + (first + i) * 1000))

async function read(store: PredictionStore, query: PredictionQuery = {}) {
  const found: PredictionRecord[] = []
  for await (const rows of store.scan(query)) found.push(...toRecords(rows))
  return found
}

/** `atOnce`: whether of two writers at the same moment only one gets through. */
function describePredictionStore(open: () => Promise<PredictionStore>, atOnce = true): void {
  const opened: PredictionStore[] = []
  const store = async () => {
    const next = await open()
    opened.push(next)
    return next
  }
  afterEach(async () => {
    for (const next of opened.splice(0)) await next.close()
  })

  it('gives back what was added, oldest first, also across chunks', async () => {
    const log = await store()
    const records = many(0, 1200)
    let from = 0
    for (let start = 0; start < 1200; start += 100) {
      const rows = toRows(records.slice(start, start + 100))
      expect(await log.append(rows, { journal: A, from, to: start + 100 }, 0, NOW)).toBe(true)
      from = start + 100
    }
    expect(await read(log)).toEqual(records)
    expect(await read(log, { from: NOW + 90_000, to: NOW + 95_000 })).toEqual(records.slice(90, 95))
    expect(await read(log, { last: 450 })).toEqual(records.slice(-450))
    expect(await read(log, { last: 5000 })).toEqual(records)
    expect(await log.models()).toEqual([
      {
        model: { name: 'garments', version: 3, sha256: EXAMPLE_MODEL.sha256 },
        last: NOW + 1199_000,
      },
    ])
  })

  it('takes the newest of several writers', async () => {
    const log = await store()
    const [a, b] = [many(0, 600), many(0, 600)]
    await log.append(toRows(a), { journal: A, from: 0, to: 9 }, 0, NOW)
    await log.append(toRows(b), { journal: B, from: 0, to: 9 }, 0, NOW)
    const newest = await read(log, { last: 100 })
    expect(newest.length).toBe(100)
    expect(Math.min(...newest.map(({ time }) => time))).toBe(NOW + 550_000)
  })

  it('keeps models and versions apart', async () => {
    const log = await store()
    const other = { ...EXAMPLE_MODEL, version: 4, sha256: 'ef'.repeat(32) }
    await log.append(toRows(many(0, 3)), { journal: A, from: 0, to: 9 }, 0, NOW)
    const rows = toRows([predictionRecord(3, NOW + 3000, other)])
    await log.append(rows, { journal: A, from: 9, to: 12 }, 0, NOW)
    expect((await read(log, { version: 4 })).map(({ model }) => model)).toEqual([other])
    expect(await read(log, { model: 'garments', version: 3 })).toEqual(
      await read(log, { to: NOW + 3000 }),
    )
    expect(await read(log, { model: 'nobody' })).toEqual([])
  })

  it('adds a span of a journal once', async () => {
    const log = await store()
    const rows = toRows(many(0, 2))
    const add = () => log.append(rows, { journal: A, from: 0, to: 50 }, 0, NOW)
    const both = atOnce ? await Promise.all([add(), add()]) : [await add(), await add()]
    expect(both.sort()).toEqual([false, true])
    expect(await log.progress(A)).toBe(50)
    expect(await read(log)).toHaveLength(2)
  })

  it('joins labels by the time in the id, and the last one counts', async () => {
    const log = await store()
    const [early, late] = [predictionRecord(0, NOW), predictionRecord(1, NOW + 5000)]
    const label = (id: string, name: string) => ({ prediction_id: id, label: name, time: NOW })
    await log.addLabels([label(early.id, 'bag'), label(late.id, 'coat'), label(late.id, 'bag')])
    await log.addLabels([label(early.id, 'coat')])
    expect([...(await log.labels(NOW, NOW + 1))]).toEqual([[early.id, 'coat']])
    expect((await log.labels(0, NOW + 9000)).get(late.id)).toBe('bag')
  })

  it('counts requests by the minute', async () => {
    const log = await store()
    await log.addRequests([{ minute: NOW, requests: 10, errors: 1 }])
    await log.addRequests([
      { minute: NOW, requests: 5, errors: 0 },
      { minute: NOW + 60_000, requests: 1, errors: 1 },
    ])
    expect(await log.requests(NOW, NOW + 60_000)).toEqual({ requests: 15, errors: 1 })
    expect(await log.requests(0, NOW * 2)).toEqual({ requests: 16, errors: 2 })
    expect(await log.requests(0, NOW)).toEqual({ requests: 0, errors: 0 })
  })

  it('forgets what is older than a time', async () => {
    const log = await store()
    const next = many(86_400, 600)
    await log.append(toRows(many(0, 600)), { journal: A, from: 0, to: 1 }, 4, NOW)
    await log.append(toRows(next), { journal: A, from: 1, to: 2 }, 0, NOW)
    await log.addLabels([{ prediction_id: predictionRecord(0, NOW).id, label: 'bag', time: NOW }])
    await log.addRequests([{ minute: NOW, requests: 10, errors: 1 }])
    expect(await log.gaps(NOW, NOW + 1)).toEqual([{ time: NOW, count: 4 }])
    expect(await log.prune(NOW + DAY_MS)).toBe(600)
    expect(await read(log)).toEqual(next)
    expect(await log.gaps(0, NOW * 2)).toEqual([])
    expect(await log.requests(0, NOW * 2)).toEqual({ requests: 0, errors: 0 })
    expect((await log.labels(0, NOW * 2)).size).toBe(0)
    expect(await log.progress(A)).toBe(2)
  })
}

describe('openPredictionStore on SQLite', () => {
  const open = () => openPredictionStore({ path: join(fresh('store'), 'atelier.db') })
  describePredictionStore(open)

  it('refuses a span that overlaps what was added', async () => {
    const log = await open()
    const rows = toRows(many(0, 2))
    await log.append(rows, { journal: A, from: 0, to: 50 }, 0, NOW)
    expect(await log.append(rows, { journal: A, from: 20, to: 60 }, 0, NOW)).toBe(false)
    await log.close()
  })
})

const clock = { now: () => NOW + DAY_MS, monotonic: systemClock.monotonic }

describe('openObjectPredictionStore in a folder', () => {
  const place = () => `file://${fresh('objects')}`
  describePredictionStore(() => openObjectPredictionStore(place(), { clock }))

  it("writes CSV files that begin with the original's columns, under their day", async () => {
    const url = place()
    const log = await openObjectPredictionStore(url, { clock })
    await log.append(toRows(many(0, 2)), { journal: A, from: 0, to: 50 }, 0, NOW)
    await log.close()
    const day = join(url.slice('file://'.length), '2026/11/25')
    const [name] = readdirSync(day)
    const [header, first] = readFileSync(join(day, name!), 'utf8').split('\n')
    expect(header).toMatch(
      /^timestamp,avg_brightness,contrast,predicted_class,confidence,width,height,format,latency_ms,prediction_id,probability coat,"probability shoe, left",/,
    )
    expect(first).toMatch(/^2026-11-25T00:00:00\.000Z,-0\.5,0\.25,coat,0\.5,28,30,png,1\.5,/)
  })

  it('asks for no more days than the newest rows need', async () => {
    const url = place()
    const log = await openObjectPredictionStore(url, { clock: { ...clock, now: () => NOW * 2 } })
    for (let day = 0; day < 9; day++) {
      const rows = toRows(many(day * 86_400, 10))
      await log.append(rows, { journal: A, from: day, to: day + 1 }, 0, NOW)
    }
    const times = (await read(log, { last: 15 })).map(({ time }) => time - NOW)
    expect(times.length).toBe(15)
    expect(Math.min(...times)).toBe(7 * DAY_MS + 5000)
    // days that are not needed may be gone without anybody noticing
    rmSync(join(url.slice('file://'.length), '2026/11/28'), { recursive: true })
    expect(await read(log, { from: NOW + 5 * DAY_MS, to: NOW + 6 * DAY_MS })).toHaveLength(10)
    await log.close()
  })
})

const buckets = createBuckets('bucket')
describe.each([
  ['s3', (url: string) => ({ s3: { endpoint: url, accessKeyId: 'id', secretAccessKey: 'key' } })],
  ['gs', (url: string) => ({ gs: { endpoint: url } })],
] as const)('openObjectPredictionStore at %s://, emulated', (scheme, optionsOf) => {
  let server: TestServer
  beforeAll(async () => {
    const handler = scheme === 's3' ? serveS3(s3Model(buckets)) : serveGcs(gcsModel(buckets))
    server = await startServer(handler)
  })
  afterAll(() => server.close())
  describePredictionStore(() =>
    openObjectPredictionStore(`${scheme}://bucket/${scheme}-${++count}`, {
      ...{ clock, ...optionsOf(server.url) },
    }),
  )
})

describeOnPostgres('openPredictionStore', (createDatabase) => {
  describePredictionStore(async () =>
    openPredictionStore({ url: await createDatabase(), path: '' }),
  )
})

for (const [scheme, start, missing, optionsOf] of [
  [
    's3',
    startMoto,
    leftOut(hasMoto, 'Python package moto[server]'),
    (url: string) => ({ s3: { endpoint: url, accessKeyId: 'id', secretAccessKey: 'key' } }),
  ],
  [
    'gs',
    startFakeGcs,
    leftOut(hasFakeGcs, 'fake-gcs-server on the path or in FAKE_GCS_SERVER'),
    (url: string) => ({ gs: { endpoint: url } }),
  ],
] as const) {
  describe.skipIf(missing)(
    `openObjectPredictionStore at ${scheme}:// in an emulator${missing}`,
    () => {
      let emulator: Emulator
      beforeAll(async () => {
        emulator = await start('bucket')
      }, 60_000)
      afterAll(() => emulator?.stop())
      // moto looks whether an object is there, and writes it later
      describePredictionStore(
        () =>
          openObjectPredictionStore(`${scheme}://bucket/${scheme}-${++count}`, {
            ...{ clock, ...optionsOf(emulator.url) },
          }),
        scheme !== 's3',
      )
    },
  )
}

async function openSink(options: { store?: PredictionStore; maxBytes?: number } = {}) {
  const path = join(fresh('sink'), 'atelier.db')
  const journals = fresh('journals')
  const store = options.store ?? (await openPredictionStore({ path }))
  const warnings: string[] = []
  const sink = await openJournaledSink({
    courier: storeCourier(store, journals),
    journals,
    maxBytes: options.maxBytes ?? 2 ** 20,
    flushMs: 20,
    retentionMs: null,
    clock: systemClock,
    logger: { info: (text) => warnings.push(text), warn: (text) => warnings.push(text) },
  })
  return { sink, path, journals, warnings }
}

describe('openJournaledSink', () => {
  it('brings what is recorded to the store and leaves no journal', async () => {
    const { sink, path, journals } = await openSink()
    const records = many(0, 40)
    for (let start = 0; start < 40; start += 8) sink.record(records.slice(start, start + 8))
    for (const status of [200, 200, 404, 503]) sink.answered(status)
    expect(sink.counts()).toEqual({ recorded: 40, dropped: 0, pending: 40 })
    for (let i = 0; i < 200 && sink.counts().pending > 0; i++) await sleep(10)
    await sink.close()
    const store = await openPredictionStore({ path })
    expect(await read(store)).toEqual(records)
    expect(await store.requests(0, Number.MAX_SAFE_INTEGER)).toEqual({ requests: 4, errors: 1 })
    await store.close()
    expect(readdirSync(journals)).toEqual([])
  })

  it('drops and counts what has no room while the store is away, and goes on when it is back', async () => {
    const real = await openPredictionStore({ path: join(fresh('away'), 'atelier.db') })
    let away = true
    const append: PredictionStore['append'] = async (...given) => {
      if (away) throw new Error('no route to host')
      return real.append(...given)
    }
    const { sink, warnings } = await openSink({ store: { ...real, append }, maxBytes: 4000 })
    for (let i = 0; i < 30; i++) sink.record(many(i * 4, 4))
    await sleep(100)
    const { recorded, dropped } = sink.counts()
    expect([recorded + dropped, recorded > 0, dropped > 0]).toEqual([120, true, true])
    expect(warnings).toEqual([expect.stringContaining('no route to host')])
    away = false
    for (let i = 0; i < 200 && sink.counts().pending > 0; i++) await sleep(10)
    sink.record(many(500, 1))
    for (let i = 0; i < 200 && sink.counts().pending > 0; i++) await sleep(10)
    expect(await read(real)).toHaveLength(recorded + 1)
    expect((await real.gaps(0, Number.MAX_SAFE_INTEGER))[0]?.count).toBe(dropped)
    expect(warnings[1]).toContain('reached again')
    await sink.close()
  })

  it('refuses labels for ids that no answer had', async () => {
    const { sink } = await openSink()
    const unknown = [
      'd3b07384-d9a0-4c9b-8f3e-1c7a2b9e0f11',
      predictionRecord(0, Date.now() + 1e7).id,
    ]
    for (const prediction_id of unknown) {
      await expect(
        sink.feedback({ prediction_id, label: 'coat', time: Date.now() }),
      ).rejects.toMatchObject({ code: 'PREDICTION_UNKNOWN' })
    }
    await sink.close()
  })
})

describe('ThreadCourier', () => {
  const thread = new URL('support/courier-thread.mjs', import.meta.url)
  const open = () =>
    new ThreadCourier(thread, { hint: 'Wait.' }, { description: 'a store', target: 'store' })

  it('does what it is told in a thread, in turn, and brings errors back as they are', async () => {
    const courier = open()
    await Promise.all([courier.adopt(3), courier.adopt(4)])
    await expect(courier.addLabels([])).rejects.toMatchObject({
      ...{ code: 'STORE_UNAVAILABLE', message: 'adopted 7', hint: 'Wait.' },
    })
    await courier.close()
  })

  it('fails what is under way when its thread ends, and starts another for the next', async () => {
    const courier = open()
    await courier.adopt(5)
    const both = await Promise.allSettled([courier.prune(0), courier.adopt(1)])
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(courier.prune(0)).rejects.toMatchObject({ code: 'WORKER_FAILED' })
    await courier.adopt(2)
    await expect(courier.addLabels([])).rejects.toMatchObject({ message: 'adopted 2' })
    await courier.close()
  })
})

describe('a process that is killed', () => {
  const worker = join(import.meta.dirname, 'support/prediction-log-worker.mjs')

  /** Ids of what processes answered that were killed after a while. */
  async function answeredBy(job: object, waits = [40, 90, 150]): Promise<readonly string[]> {
    const answered: string[] = []
    for (const wait of waits) {
      const args = [worker, JSON.stringify({ ...job, record: predictionRecord(0, NOW) })]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit')
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
      })
      while (text.length === 0 && child.exitCode === null) await sleep(5)
      await sleep(wait)
      child.kill('SIGKILL')
      await ended
      answered.push(...text.split('\n').slice(0, -1))
    }
    return answered
  }

  async function expectAll(
    store: PredictionStore,
    journals: string,
    answered: readonly string[],
  ): Promise<void> {
    expect(answered.length).toBeGreaterThan(20)
    const torn = readdirSync(journals)[0]!
    appendFileSync(join(journals, torn), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]))
    await adoptJournals(journals, store, Date.now())
    const logged = (await read(store)).map(({ id }) => id)
    expect(answered.filter((id) => !logged.includes(id))).toEqual([])
    expect(new Set(logged).size).toBe(logged.length)
    expect(readdirSync(journals)).toEqual([])
    await store.close()
  }

  it('loses none of what it answered', { timeout: 60_000 }, async () => {
    const path = join(fresh('killed'), 'atelier.db')
    const journals = fresh('killed-journals')
    const answered = await answeredBy({ path, journals })
    await expectAll(await openPredictionStore({ path }), journals, answered)
  })

  it('loses and doubles none in a folder of objects', { timeout: 60_000 }, async () => {
    const url = `file://${fresh('killed-objects')}`
    const journals = fresh('killed-journals')
    const answered = await answeredBy({ url, journals })
    const store = await openObjectPredictionStore(url, { clock: systemClock })
    await expectAll(store, journals, answered)
  })

  it('doubles nothing that was under way to a bucket', { timeout: 60_000 }, async () => {
    const model = s3Model(createBuckets('bucket'))
    const emulated = serveS3(model)
    // a request that is under way when its process ends takes effect after others have looked
    let late = 1500
    const writeLate = async (request: IncomingMessage, response: ServerResponse) => {
      const body = await bodyOf(request)
      await sleep(late)
      const key = decodeURIComponent(request.url!.split('?')[0]!).replace('/bucket/', '')
      if (body === undefined || model.bucket('bucket')!.has(key)) {
        response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>')
      } else {
        const { etag } = model.put('bucket', key, body)
        response.writeHead(200, { etag: `"${etag}"` }).end()
      }
    }
    const server = await startServer((request, response) => {
      if (request.method === 'PUT' && request.url!.includes('.csv')) {
        void writeLate(request, response)
      } else emulated(request, response)
    })
    const options = { s3: { endpoint: server.url, accessKeyId: 'id', secretAccessKey: 'key' } }
    const job = { url: 's3://bucket/killed', journals: fresh('killed-journals') }
    const answered = await answeredBy({ ...job, options }, [400])
    const underWay = late
    late = 0
    const store = await openObjectPredictionStore(job.url, { clock: systemClock, ...options })
    await adoptJournals(job.journals, store, Date.now())
    await sleep(underWay)
    const logged = (await read(store)).map(({ id }) => id)
    expect(answered.filter((id) => !logged.includes(id))).toEqual([])
    expect(new Set(logged).size).toBe(logged.length)
    expect(answered.length).toBeGreaterThan(20)
    await store.close()
    await server.close()
  })

  it('leaves what was meant for another place to those who know it', async () => {
    const path = join(fresh('killed'), 'atelier.db')
    const journals = fresh('killed-journals')
    await answeredBy({ path, journals })
    const left = readdirSync(journals)
    const url = `file://${fresh('killed-objects')}`
    const store = await openObjectPredictionStore(url, { clock: systemClock })
    expect(await adoptJournals(journals, store, Date.now())).toBe(0)
    expect(readdirSync(journals)).toEqual(left)
    await store.close()
  })
})

describe('openCsvSink', () => {
  it("writes the original's columns, and sets full files aside", async () => {
    const home = fresh('csv')
    const path = join(home, 'prediction_log.csv')
    let now = NOW
    const clock = { now: () => now, monotonic: () => 0 }
    const sink = openCsvSink({ path, rotateBytes: 120, keep: 1, clock, logger: silentLogger })
    for (let i = 0; i < 3; i++) {
      sink.record(many(i * 2, 2))
      now += 1000
    }
    expect(sink.counts()).toEqual({ recorded: 6, dropped: 0, pending: 0 })
    const files = readdirSync(home).sort()
    expect(files).toHaveLength(2)
    await expect(sink.feedback({ prediction_id: 'x', label: 'y', time: 0 })).rejects.toMatchObject({
      code: 'FEEDBACK_UNAVAILABLE',
    })
  })
})
