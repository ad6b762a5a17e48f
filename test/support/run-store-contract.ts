/** What every store of runs must do, whatever database it is on. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  openRunStore,
  parseFilter,
  type RunQuery,
  type RunStore,
} from '../../src/tracking/index.ts'
import { filters, fits, runValues } from './filter-model.ts'
import { points, runEntry } from './store-example.ts'

type Place = Parameters<typeof openRunStore>[0]

export interface StoreHarness {
  /** An empty place for a database. */
  fresh(): Promise<Place>
  /** Runs SQL behind the store's back. */
  execute(place: Place, sql: string): Promise<void>
}

export function describeRunStore(harness: () => StoreHarness): void {
  const open: RunStore[] = []
  const openAt = async (place: Place) => {
    const store = await openRunStore(place)
    open.push(store)
    return store
  }
  const fresh = async () => openAt(await harness().fresh())
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close()
  })

  const ids = async (store: RunStore, query: Partial<RunQuery> & { where?: string } = {}) => {
    const { where, ...rest } = query
    const filter = where === undefined ? undefined : parseFilter(where)
    const page = await store.find({ limit: 100, filter, ...rest })
    return page.entries.map(({ record }) => record.id).join(' ')
  }

  describe('entries', () => {
    it('gives back what was put', async () => {
      const store = await fresh()
      const entry = runEntry(
        'a',
        1,
        { tags: ['bést 😀', 'x'], summary: { 'val.loss': 0.25 } },
        {
          config: { model: { type: 'cnn', sizes: [1, 2] }, ключ: null },
          overrides: ['seed=7'],
          provenance: [{ key: 'seed', origin: "override 'seed=7'" }],
          artifacts: [{ path: 'model.onnx', bytes: 5, sha256: 'a'.repeat(64) }],
          trashed: '2026-11-24T00:00:00.000Z',
        },
      )
      await store.put(entry)
      expect(await store.get('a')).toEqual(entry)
      expect(await store.get('b')).toBeUndefined()
    })

    it('replaces all but the metrics', async () => {
      const store = await fresh()
      await store.put(
        runEntry(
          'a',
          1,
          { tags: ['old'], notes: 'x'.repeat(500) },
          { config: { gone: 1, same: 2 } },
        ),
      )
      await store.addPoints('a', [points('loss', 0, 3)])
      const entry = runEntry(
        'a',
        1,
        { tags: ['new'], status: 'failed' },
        { config: { same: 2, more: 3 } },
      )
      await store.put(entry)
      expect(await store.get('a')).toEqual(entry)
      expect(await ids(store, { where: 'gone = 1 or tag = old or notes ~ xxx' })).toBe('')
      expect(
        await ids(store, { where: 'same = 2 and more = 3 and tag = new and status = failed' }),
      ).toBe('a')
      expect((await store.series('a', { buckets: 9 }))[0]!.count).toBe(3)
    })

    it('deletes for good', async () => {
      const store = await fresh()
      await store.put(runEntry('a', 1, {}, { config: { only_a: 1, both: 1 } }))
      await store.put(runEntry('b', 2, {}, { config: { both: 1 } }))
      await store.addPoints('a', [points('loss', 0, 3)])
      await store.delete(['a', 'unknown'])
      expect(await ids(store)).toBe('b')
      expect(await store.keys()).toEqual(['both'])
      await store.put(runEntry('a', 1))
      expect(await store.series('a', { buckets: 9 })).toEqual([])
    })

    it('keeps a configuration of thousands of keys and a megabyte of text', async () => {
      const store = await fresh()
      const config = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, { v: i }]))
      const text = `${'wörter '.repeat(150_000)}end`
      const entry = runEntry(
        'a',
        1,
        { notes: text },
        { config: { ...config, ['k'.repeat(9000)]: 1 } },
      )
      await store.put(entry)
      await store.put(entry)
      expect(await store.get('a')).toEqual(entry)
      expect(await ids(store, { where: 'k4999.v = 4999 and notes ~ "WÖRTER end"' })).toBe('a')
      const exactly = { kind: 'compare', key: 'notes', operator: '=', value: text } as const
      expect(await ids(store, { filter: exactly })).toBe('a')
      expect(await ids(store, { filter: { ...exactly, value: text.slice(1) } })).toBe('')
      expect(await store.keys()).toHaveLength(5000)
    })

    it('takes names and values for what they are, never for SQL', async () => {
      const store = await fresh()
      const nasty = `x'); drop table runs; -- " % _ \\ \0 ?1 $1 :a`
      const config = { [nasty]: nasty, __proto__: { polluted: 'yes' } }
      await store.put(runEntry('plain', 1))
      await store.put(runEntry(`id ${nasty.replace('\0', '')}`, 2, { tags: [nasty] }, { config }))
      const all = await store.find({ limit: 9 })
      expect(all.total).toBe(2)
      expect(all.entries[0]!.config[nasty]).toBe(nasty)
      for (const operator of ['=', '~'] as const) {
        for (const key of [nasty, 'tag']) {
          const { total } = await store.find({
            limit: 9,
            filter: { kind: 'compare', key, operator, value: nasty },
          })
          expect([key, operator, total]).toEqual([key, operator, 1])
        }
      }
      expect(
        await ids(store, { where: 'id ~ "%"', sort: { key: nasty, descending: true } }),
      ).toMatch(/^id /)
      expect(await ids(store, { where: 'project ~ "%" or project ~ "_"' })).toBe('')
      expect(await store.findIds('%', 9)).toEqual([])
      await store.addPoints('plain', [points(nasty, 0, 2)])
      expect((await store.series('plain', { metrics: [nasty], buckets: 3 }))[0]!.count).toBe(2)
    })
  })

  describe('find', () => {
    const filled = async () => {
      const store = await fresh()
      const cnn = { model: { type: 'cnn' }, lr: 0.001, flip: true, clip: null }
      await store.put(
        runEntry('a', 1, { summary: { 'val/acc': 0.91 }, tags: ['best', 'old'] }, { config: cnn }),
      )
      await store.put(
        runEntry(
          'b',
          2,
          { summary: { 'val.accuracy': 0.93 }, seed: 42 },
          { config: { ...cnn, lr: 0.01 } },
        ),
      )
      await store.put(
        runEntry(
          'c',
          3,
          { status: 'failed', notes: 'Größe' },
          { config: { model: { type: 'mlp' }, lr: 'auto', flip: false } },
        ),
      )
      await store.put(runEntry('d', 4, {}, { config: cnn, trashed: '2026-11-24T00:00:00.000Z' }))
      return store
    }

    it('fits runs to filters', async () => {
      const store = await filled()
      const expected: Record<string, string> = {
        '': 'c b a',
        'val.acc > 0.92 and model.type = "cnn"': 'b',
        'val/acc >= 0.91': 'b a',
        'val.accuracy < 0.93': 'a',
        'not val.acc > 0.92': 'c a',
        'model.type != cnn': 'c',
        'seed != 42': 'c a',
        'seed = 42': 'b',
        'seed = "42"': '',
        'seed ~ 4': 'b',
        'lr = auto': 'c',
        'lr > 0.005': 'b',
        'lr ~ AUT': 'c',
        'lr !~ aut': 'b a',
        'flip = true': 'b a',
        'flip = false': 'c',
        'clip = null': 'c b a',
        'clip != null': '',
        'seed = null': 'c a',
        'seed != null': 'b',
        'seed > null or seed < null or seed ~ null': '',
        'unknown = null and unknown != 5': 'c b a',
        'unknown = 5 or unknown > 5 or unknown != null': '',
        'tag = best': 'a',
        'tag != best': 'c b',
        'tags ~ LD': 'a',
        'tag = null': 'c b',
        'tag != null': 'a',
        'status = failed or lr = 0.01': 'c b',
        'not (status = failed or lr = 0.01)': 'a',
        'notes ~ größE': 'c',
        'notes ~ "GRÖ"': 'c',
        'created > 2026-11-23T00:01': 'c b a',
        'created >= 2026-11-23T00:02:00 and created < 2026-11-23T00:03': 'b',
        'environment.libraries.atelier = "0.1.0" and command ~ TRAIN': 'c b a',
      }
      const found: Record<string, string> = {}
      for (const where of Object.keys(expected)) found[where] = await ids(store, { where })
      expect(found).toEqual(expected)
    })

    it('agrees with a model on any filter of any runs', async () => {
      const store = await fresh()
      const some = fc.sample(runValues, { numRuns: 40, seed: 3 })
      const entries = some.map(({ config, summary, tags }, index) =>
        runEntry(`r${index}`, -index, { summary, tags }, { config }),
      )
      await store.putAll(entries)
      for (const filter of fc.sample(filters, { numRuns: 300, seed: 4 })) {
        const { total } = await store.find({ filter, limit: 1 })
        const found = (await ids(store, { filter })).split(' ').filter((id) => id !== '')
        const wanted = entries.filter((entry) => fits(entry, filter))
        expect({ filter, total, found }).toEqual({
          filter,
          total: wanted.length,
          found: wanted.map(({ record }) => record.id),
        })
      }
    })

    it('sorts by a key, runs without it last, equal ones newest first', async () => {
      const store = await filled()
      const by = (key: string, descending: boolean) => ids(store, { sort: { key, descending } })
      expect(await by('val.acc', true)).toBe('b a c')
      expect(await by('val.acc', false)).toBe('a b c')
      expect(await by('model.type', false)).toBe('b a c')
      expect(await by('model.type', true)).toBe('c b a')
      expect(await by('status', false)).toBe('b a c')
      expect(await by('created', false)).toBe('a b c')
      expect(await by('clip', true)).toBe('c b a')
      expect(await by('unknown', true)).toBe('c b a')
      expect(
        await ids(store, {
          where: 'lr = auto or seed = 42',
          sort: { key: 'seed', descending: false },
        }),
      ).toBe('b c')
    })

    it('gives pages that neither overlap nor leave out', async () => {
      const store = await fresh()
      for (let i = 0; i < 23; i++) {
        // created in an order of their own, some within the same millisecond
        const summary: Record<string, number> = i % 3 === 0 ? { loss: i % 2 } : {}
        await store.put(runEntry(`r${i}`, (i * 7) % 5, { summary }))
      }
      for (const sort of [
        undefined,
        { key: 'loss', descending: true },
        { key: 'loss', descending: false },
      ]) {
        const whole = (await store.find({ limit: 100, sort })).entries.map(
          ({ record }) => record.id,
        )
        const pages: string[] = []
        for (let offset = 0; offset < 30; offset += 4) {
          const page = await store.find({ limit: 4, offset, sort })
          expect(page.total).toBe(23)
          pages.push(...page.entries.map(({ record }) => record.id))
        }
        expect(pages).toEqual(whole)
        expect(new Set(pages).size).toBe(23)
      }
    })

    it('orders by creation however runs came in', async () => {
      const store = await fresh()
      for (const minute of [5, 1, 4, 2, 3]) await store.put(runEntry(`m${minute}`, minute))
      expect(await ids(store)).toBe('m5 m4 m3 m2 m1')
    })

    it('keeps the trash apart', async () => {
      const store = await filled()
      expect(await ids(store, { trashed: true })).toBe('d')
      expect(await ids(store, { trashed: true, where: 'model.type = mlp' })).toBe('')
      const entry = (await store.get('d'))!
      await store.put({ ...entry, trashed: null })
      expect(await ids(store)).toBe('d c b a')
    })

    it('finds ids by their beginning or their last words', async () => {
      const store = await fresh()
      const names = [
        '20261123-0531-cnn-quiet-otter',
        '20261123-0532-mlp-loud-otter',
        'otter',
        'other',
      ]
      for (const [minute, id] of names.entries()) await store.put(runEntry(id, minute))
      expect(await store.findIds('otter', 9)).toEqual(['otter', names[1], names[0]])
      expect(await store.findIds('quiet-otter', 9)).toEqual([names[0]])
      expect(await store.findIds('20261123-05', 1)).toEqual([names[1]])
      expect(await store.findIds('tter', 9)).toEqual([])
    })

    it('knows the keys in use', async () => {
      const store = await filled()
      expect(await store.keys()).toEqual(['clip', 'flip', 'lr', 'model.type', 'val.accuracy'])
    })

    it('reaches a key that a field of the record hides', async () => {
      const store = await fresh()
      await store.put(runEntry('a', 1, { seed: 1 }, { config: { seed: 2, status: 'odd' } }))
      expect(
        await ids(store, { where: 'seed = 1 and config.seed = 2 and config.status = odd' }),
      ).toBe('a')
    })
  })

  describe('heartbeats', () => {
    it('marks what has been silent as crashed, once, and nothing else', async () => {
      const store = await fresh()
      const start = Date.parse(runEntry('a', 1).record.updated)
      for (const id of ['silent', 'alive']) await store.put(runEntry(id, 1, { status: 'running' }))
      await store.put(runEntry('done', 1, { status: 'completed' }))
      expect(await store.markCrashed(start)).toEqual([])
      await store.beat('alive', start + 60_000)
      expect(await store.markCrashed(start + 30_000)).toEqual(['silent'])
      expect(await store.markCrashed(start + 30_000)).toEqual([])
      expect((await store.get('silent'))!.record.status).toBe('crashed')
      expect(await ids(store, { where: 'status = crashed' })).toBe('silent')
    })

    it('lets a run that was taken for dead live again', async () => {
      const store = await fresh()
      await store.put(runEntry('a', 1, { status: 'running' }))
      const now = Date.parse(runEntry('a', 99).record.updated)
      await store.markCrashed(now)
      await store.beat('a', now)
      expect((await store.get('a'))!.record.status).toBe('running')
      expect(await ids(store, { where: 'status = running' })).toBe('a')
      expect(await store.markCrashed(now)).toEqual([])
    })

    it('does not take an old record for a sign of death', async () => {
      const store = await fresh()
      const entry = runEntry('a', 1, { status: 'running' })
      await store.put(entry)
      const now = Date.parse(entry.record.updated) + 60_000
      await store.beat('a', now)
      await store.put(entry)
      expect(await store.markCrashed(now)).toEqual([])
    })
  })

  describe('metrics', () => {
    const withRun = async () => {
      const store = await fresh()
      await store.put(runEntry('a', 1))
      return store
    }

    it('gives points back in the order of logging, under one name', async () => {
      const store = await withRun()
      await store.addPoints('a', [points('val/acc', 5, 7), points('loss', 0, 1)])
      await store.addPoints('a', [points('val.acc', 1, 2), points('val.accuracy', 9, 10)])
      await store.addPoints('a', [points('loss', 0, 0)])
      const series = await store.series('a', { buckets: 100 })
      expect(series.map(({ metric, count }) => [metric, count])).toEqual([
        ['loss', 1],
        ['val.accuracy', 4],
      ])
      expect([...series[1]!.steps]).toEqual([5, 6, 1, 9])
      expect([...series[1]!.times]).toEqual([5, 6, 1, 9].map((step) => 1e12 + step))
      expect(await store.series('a', { metrics: ['val/acc'], buckets: 1 })).toEqual([series[1]])
      expect(await store.series('a', { metrics: ['none'], buckets: 1 })).toEqual([])
      expect(await store.series('a', { metrics: [], buckets: 1 })).toEqual([])
    })

    it('keeps every number, NaN and infinities too', async () => {
      const store = await withRun()
      const odd = [Number.NaN, Infinity, -Infinity, -0, 5e-324, Number.MAX_VALUE, 0.1]
      await store.addPoints('a', [points('x', 0, odd.length, (step) => odd[step]!)])
      const [series] = await store.series('a', { buckets: 5 })
      expect([...series!.values]).toEqual(odd)
    })

    it.each([
      ['few appends', 3000, 1000],
      ['many appends', 5000, 37],
    ])('thins to first, least, greatest and last of each bucket: %s', async (_, count, portion) => {
      const store = await withRun()
      const value = (step: number) => Math.sin(step * step)
      for (let from = 0; from < count; from += portion) {
        await store.addPoints('a', [points('x', from, Math.min(count, from + portion), value)])
      }
      const [series] = await store.series('a', { buckets: 10 })
      expect(series!.count).toBe(count)
      const kept = [...series!.steps]
      for (let bucket = 0; bucket < 10; bucket++) {
        const [from, to] = [(bucket * count) / 10, ((bucket + 1) * count) / 10]
        const steps = Array.from({ length: to - from }, (_, i) => from + i)
        const sorted = [...steps].sort((a, b) => value(a) - value(b))
        const wanted = new Set([from, sorted[0]!, sorted.at(-1)!, to - 1])
        expect(kept.filter((step) => step >= from && step < to)).toEqual(
          [...wanted].sort((a, b) => a - b),
        )
      }
      expect([...series!.values]).toEqual(kept.map(value))
    })

    it('draws a million points from few, losing no peak', async () => {
      const store = await withRun()
      const peaks = new Map([
        [123_456, 99],
        [654_321, -99],
        [999_998, 98],
      ])
      const value = (step: number) => peaks.get(step) ?? Math.cos(step)
      for (let from = 0; from < 1e6; from += 100_000) {
        await store.addPoints('a', [points('x', from, from + 100_000, value)])
      }
      const [series] = await store.series('a', { buckets: 500 })
      expect(series!.count).toBe(1e6)
      expect(series!.values.length).toBeLessThanOrEqual(2000)
      expect(series!.values.length).toBeGreaterThan(1000)
      for (const step of [0, ...peaks.keys(), 999_999]) {
        expect(series!.values[series!.steps.indexOf(step)]).toBe(value(step))
      }
      expect([...series!.steps]).toEqual([...series!.steps].sort((a, b) => a - b))
      const [tail] = await store.series('a', { buckets: 50, afterStep: 500_001 })
      expect(tail!.steps[0]).toBe(500_002)
      expect(tail!.steps.at(-1)).toBe(999_999)
      expect(tail!.values.length).toBeLessThanOrEqual(200)
    })

    it('gives what came after a step', async () => {
      const store = await withRun()
      await store.addPoints('a', [points('x', 0, 2500), points('y', 0, 10)])
      const series = await store.series('a', { buckets: 100, afterStep: 2480 })
      expect(series.map(({ metric, count }) => [metric, count])).toEqual([['x', 2500]])
      expect([...series[0]!.steps]).toEqual([...points('x', 2481, 2500).steps])
      expect(await store.series('a', { buckets: 100, afterStep: 2499 })).toEqual([])
    })

    it('forgets points after a step and goes on', async () => {
      const store = await withRun()
      await store.addPoints('a', [
        points('x', 0, 5000),
        points('late', 4000, 4010),
        points('y', 0, 5),
      ])
      await store.cutPoints('a', 1999)
      await store.addPoints('a', [points('x', 2000, 2100, (step) => -step)])
      const series = await store.series('a', { buckets: 1000 })
      expect(series.map(({ metric, count }) => [metric, count])).toEqual([
        ['x', 2100],
        ['y', 5],
      ])
      expect([...series[0]!.steps]).toEqual([...points('x', 0, 2100).steps])
      expect(series[0]!.values[2050]).toBe(-2050)
      await store.cutPoints('a', -1)
      expect(await store.series('a', { buckets: 1000 })).toEqual([])
    })

    it('wants the run to be there', async () => {
      const store = await fresh()
      const missing = { code: 'RUN_NOT_FOUND' }
      await expect(store.addPoints('none', [points('x', 0, 1)])).rejects.toMatchObject(missing)
      await expect(store.series('none', { buckets: 1 })).rejects.toMatchObject(missing)
    })
  })

  describe('several processes', () => {
    it('write at once and lose nothing', async () => {
      const place = await harness().fresh()
      const [workers, rounds] = [4, 25]
      const store = await openAt(place)
      await store.put(runEntry('shared', 0))
      const job = { place, rounds, entry: runEntry('', 1, { status: 'running' }), shared: 'shared' }
      const names = Array.from({ length: workers }, (_, index) => `worker${index}`)
      await Promise.all(names.map((name) => work({ ...job, name })))
      expect((await store.find({ limit: 1 })).total).toBe(1 + workers * rounds)
      for (const name of names) {
        expect((await store.find({ limit: 1, filter: parseFilter(`tag = ${name}`) })).total).toBe(
          rounds,
        )
      }
      const counts = (await store.series('shared', { buckets: 1000 })).map(
        ({ metric, count, steps }) => [metric, count, steps.length],
      )
      expect(counts).toEqual([
        ['all', workers * rounds, workers * rounds],
        ...names.map((name) => [name, rounds, rounds]),
      ])
    })

    it('open a new database at once', async () => {
      const place = await harness().fresh()
      const entry = runEntry('', 1)
      // the run that all log to is missing: nothing is logged, for there are no rounds
      const names = Array.from({ length: 6 }, (_, index) => `worker${index}`)
      await Promise.all(names.map((name) => work({ place, rounds: 0, entry, shared: '', name })))
      const stores = await Promise.all([openAt(place), openAt(place)])
      await stores[0].put(runEntry('a', 1))
      expect(await ids(stores[1])).toBe('a')
    })
  })

  describe('opening', () => {
    it('refuses a database of a later version', async () => {
      const place = await harness().fresh()
      await (await openAt(place)).put(runEntry('a', 1))
      await harness().execute(
        place,
        "insert into atelier_schema (version, applied) values (99, '')",
      )
      await expect(openRunStore(place)).rejects.toMatchObject({
        code: 'STORE_TOO_NEW',
        message: expect.stringMatching(/has version 99; this program knows up to \d/),
      })
    })

    it('never tells a password', async () => {
      const store = await fresh()
      expect(store.description).toMatch(/^(sqlite|postgres) /)
      expect(store.description).not.toContain('secret')
    })
  })
}

function work(job: unknown): Promise<void> {
  const script = join(import.meta.dirname, 'run-store-worker.mjs')
  const child = spawn(process.execPath, [script, JSON.stringify(job)], {
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  return new Promise((done, fail) => {
    child.on('close', (code) =>
      code === 0 && errors === '' ? done() : fail(new Error(`ended with ${code}: ${errors}`)),
    )
  })
}
