/** The prediction log: rows, journal and store together; PostgreSQL with ATELIER_TEST=full. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PredictionRecord } from '../src/contracts/index.ts'
import { silentLogger, systemClock } from '../src/core/index.ts'
import { adoptJournals } from '../src/monitoring/log/adopt-journals.ts'
import { openCsvSink } from '../src/monitoring/log/csv-sink.ts'
import { openDatabaseSink } from '../src/monitoring/log/database-sink.ts'
import { openPredictionStore } from '../src/monitoring/log/open-prediction-store.ts'
import { toRecords, toRows } from '../src/monitoring/log/prediction-rows.ts'
import type { PredictionQuery, PredictionStore } from '../src/monitoring/log/prediction-store.ts'
import { describeOnPostgres } from './support/on-postgres.ts'
import { EXAMPLE_MODEL, predictionRecord } from './support/prediction-example.ts'

const NOW = Date.UTC(2026, 10, 25)
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

function describePredictionStore(open: () => Promise<PredictionStore>): void {
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
      const rows = [toRows(records.slice(start, start + 100))]
      expect(await log.append(rows, { journal: 'a', from, to: start + 100 }, 0, NOW)).toBe(true)
      from = start + 100
    }
    expect(await read(log)).toEqual(records)
    expect(await read(log, { from: NOW + 90_000, to: NOW + 95_000 })).toEqual(records.slice(90, 95))
    expect(await read(log, { last: 450 })).toEqual(records.slice(-450))
    expect(await read(log, { last: 5000 })).toEqual(records)
    expect(await log.models()).toEqual([
      {
        model: { name: 'garments', version: 3, sha256: EXAMPLE_MODEL.sha256 },
        count: 1200,
        first: NOW,
        last: NOW + 1199_000,
      },
    ])
  })

  it('takes the newest of several writers', async () => {
    const log = await store()
    const [a, b] = [many(0, 600), many(0, 600)]
    await log.append([toRows(a)], { journal: 'a', from: 0, to: 9 }, 0, NOW)
    await log.append([toRows(b)], { journal: 'b', from: 0, to: 9 }, 0, NOW)
    const newest = await read(log, { last: 100 })
    expect(newest.length).toBe(100)
    expect(Math.min(...newest.map(({ time }) => time))).toBe(NOW + 550_000)
  })

  it('keeps models and versions apart', async () => {
    const log = await store()
    const other = { ...EXAMPLE_MODEL, version: 4, sha256: 'ef'.repeat(32) }
    const rows = [toRows(many(0, 3)), toRows([predictionRecord(3, NOW + 3000, other)])]
    await log.append(rows, { journal: 'a', from: 0, to: 9 }, 0, NOW)
    expect((await read(log, { version: 4 })).map(({ model }) => model)).toEqual([other])
    expect(await read(log, { model: 'garments', version: 3 })).toEqual(
      await read(log, { to: NOW + 3000 }),
    )
    expect(await read(log, { model: 'nobody' })).toEqual([])
  })

  it('adds a span of a journal once', async () => {
    const log = await store()
    const rows = [toRows(many(0, 2))]
    const both = await Promise.all(
      [1, 2].map(() => log.append(rows, { journal: 'j', from: 0, to: 50 }, 0, NOW)),
    )
    expect(both.sort()).toEqual([false, true])
    expect(await log.append(rows, { journal: 'j', from: 20, to: 60 }, 0, NOW)).toBe(false)
    expect(await log.progress('j')).toBe(50)
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
    await log.append([toRows(many(0, 600))], { journal: 'a', from: 0, to: 1 }, 4, NOW)
    await log.append([toRows(many(600, 600))], { journal: 'a', from: 1, to: 2 }, 0, NOW)
    expect(await log.gaps(NOW, NOW + 1)).toEqual([{ time: NOW, count: 4 }])
    expect(await log.prune(NOW + 600_000)).toBe(600)
    expect((await read(log))[0]!.time).toBe(NOW + 600_000)
    expect(await log.gaps(0, NOW * 2)).toEqual([])
  })
}

describe('openPredictionStore on SQLite', () => {
  describePredictionStore(() => openPredictionStore({ path: join(fresh('store'), 'atelier.db') }))
})

describeOnPostgres('openPredictionStore', (createDatabase) => {
  describePredictionStore(async () =>
    openPredictionStore({ url: await createDatabase(), path: '' }),
  )
})

async function openSink(options: { store?: PredictionStore; maxBytes?: number } = {}) {
  const path = join(fresh('sink'), 'atelier.db')
  const journals = fresh('journals')
  const store = options.store ?? (await openPredictionStore({ path }))
  const warnings: string[] = []
  const sink = await openDatabaseSink({
    store,
    journals,
    maxBytes: options.maxBytes ?? 2 ** 20,
    flushMs: 20,
    retentionMs: null,
    clock: systemClock,
    logger: { info: (text) => warnings.push(text), warn: (text) => warnings.push(text) },
  })
  return { sink, path, journals, warnings }
}

describe('openDatabaseSink', () => {
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

describe('a process that is killed', () => {
  const worker = join(import.meta.dirname, 'support/prediction-log-worker.mjs')

  it('loses none of what it answered', { timeout: 60_000 }, async () => {
    const path = join(fresh('killed'), 'atelier.db')
    const journals = fresh('killed-journals')
    const answered = new Set<string>()
    for (const wait of [40, 90, 150]) {
      const job = JSON.stringify({ path, journals, record: predictionRecord(0, NOW) })
      const child = spawn(process.execPath, [worker, job], { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'exit')
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += chunk
      })
      while (text.length === 0 && child.exitCode === null) await sleep(5)
      await sleep(wait)
      child.kill('SIGKILL')
      await ended
      for (const id of text.split('\n').slice(0, -1)) answered.add(id)
    }
    expect(answered.size).toBeGreaterThan(20)
    const store = await openPredictionStore({ path })
    const torn = readdirSync(journals)[0]!
    appendFileSync(join(journals, torn), Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]))
    await adoptJournals(journals, store, Date.now())
    const logged = (await read(store)).map(({ id }) => id)
    expect([...answered].filter((id) => !logged.includes(id))).toEqual([])
    expect(new Set(logged).size).toBe(logged.length)
    expect(readdirSync(journals)).toEqual([])
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
