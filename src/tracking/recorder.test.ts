import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../test/support/run-example.ts'
import { AtelierError, systemClock } from '../core/index.ts'
import { readMetrics } from './metrics-log.ts'
import { Recorder, type RecorderOptions } from './recorder.ts'
import { openRun, type Run } from './run.ts'
import { lockRun, type RunLock } from './run-lock.ts'
import type { RunStore } from './run-store.ts'
import { openRunStore } from './store/open-run-store.ts'

let root = ''
let run: Run
let lock: RunLock
let warnings: string[]
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-recorder-'))
  run = await newTestRun(root)
  lock = await lockRun(run.folder)
  warnings = []
})
afterEach(async () => {
  await lock.release()
  await rm(root, { recursive: true })
})

const openStore = () => openRunStore({ path: join(root, 'atelier.db') })

function open(options: Partial<RecorderOptions> = {}, step = 0, offset = 0) {
  const logger = { info: () => {}, warn: (text: string) => void warnings.push(text) }
  return Recorder.open(
    { run, lock, clock: systemClock, logger, openStore, systemSeconds: null, ...options },
    { offset, step },
  )
}

async function stored<T>(read: (store: RunStore) => Promise<T>): Promise<T> {
  const store = await openStore()
  try {
    return await read(store)
  } finally {
    await store.close()
  }
}

/** How many points there are of each metric. */
const counts = () =>
  stored(async (store) =>
    Object.fromEntries(
      (await store.series(run.record.id, { buckets: 10 })).map((one) => [one.metric, one.count]),
    ),
  )

describe('Recorder', () => {
  it('shows a run in the store while it works, and all of it when it ends', async () => {
    const recorder = await open()
    for (let step = 1; step <= 10; step++) await recorder.add(stepLine(step))
    await expect.poll(counts, { timeout: 5000 }).toMatchObject({ 'batch.loss': 10 })
    await recorder.add(stepLine(11))
    await recorder.note({ status: 'completed', summary: { 'val.accuracy': 0.9 } })
    await recorder.close()
    expect(await counts()).toEqual({ 'batch.loss': 11, 'batch.accuracy': 11, learning_rate: 11 })
    const entry = await stored((store) => store.get(run.record.id))
    expect(entry?.record).toMatchObject({ status: 'completed', summary: { 'val.accuracy': 0.9 } })
    expect(warnings).toEqual([])
  })

  it('measures the process, at the end at least once', async () => {
    const recorder = await open({ systemSeconds: 0.05 })
    await recorder.add(stepLine(3))
    await sleep(200)
    await recorder.close()
    const lines = (await readMetrics(run.files.metrics)).filter((line) => line.type === 'log')
    expect(lines.length).toBeGreaterThanOrEqual(2)
    for (const { step, values } of lines) {
      expect(step).toBe(3)
      expect(values['system.cpu']).toBeGreaterThanOrEqual(0)
      expect(values['system.cpu']).toBeLessThanOrEqual(100)
      expect(values['system.memory']).toBeGreaterThan(10e6)
    }
    expect((await counts())['system.memory']).toBe(lines.length)
  })

  it('touches its lock when it opens, for machines that cannot see the process', async () => {
    const path = join(run.folder, '.lock-1')
    await lock.beat(0)
    const recorder = await open()
    await expect
      .poll(async () => (await stat(path)).mtimeMs, { timeout: 2000 })
      .toBeGreaterThan(Date.now() - 5000)
    await recorder.close()
  })

  it('forgets what a killed process logged after the checkpoint it goes on from', async () => {
    const first = await open()
    for (let step = 1; step <= 5; step++) await first.add(stepLine(step))
    const offset = await first.sync()
    for (let step = 6; step <= 9; step++) await first.add(stepLine(step))
    await first.close()
    expect((await counts())['batch.loss']).toBe(9)
    const second = await open({}, 5, offset)
    await second.add(stepLine(6))
    await second.close()
    expect((await counts())['batch.loss']).toBe(6)
    const third = await open({}, 0, 0)
    await third.add(stepLine(1))
    await third.close()
    expect((await counts())['batch.loss']).toBe(1)
  })

  it('lists its files with their digests', async () => {
    const recorder = await open()
    await recorder.add(stepLine(1))
    await recorder.seal()
    const artifacts = JSON.parse(await readFile(run.files.artifacts, 'utf8'))
    expect(artifacts.map(({ path }: { path: string }) => path)).toEqual([
      'config.yaml',
      ...(await readdir(run.folder)).filter((name) => name === 'git.diff'),
      'metrics.jsonl',
      'overrides.yaml',
      'provenance.json',
    ])
    expect(artifacts.at(-1).sha256).toMatch(/^[0-9a-f]{64}$/)
    await recorder.close()
  })
})

/** A store that can be away. */
function flakyStore() {
  const state = { isAway: true, opened: 0 }
  const fail = () => {
    if (state.isAway) throw new AtelierError('STORE_UNAVAILABLE', 'It is away.')
  }
  const open = async (): Promise<RunStore> => {
    state.opened++
    fail()
    const store = await openStore()
    return {
      ...store,
      addPoints: async (id, points) => {
        fail()
        await store.addPoints(id, points)
      },
    }
  }
  return { state, open }
}

describe('Recorder, with a database that is away', () => {
  it('goes on, warns once, and brings it up to date when it is back', async () => {
    const { state, open: openFlaky } = flakyStore()
    let time = 0
    const clock = { now: () => Date.now(), monotonic: () => time }
    const recorder = await open({ openStore: openFlaky, clock })
    await recorder.add(stepLine(1))
    await expect.poll(() => warnings.length, { timeout: 3000 }).toBe(1)
    time += 11_000
    await expect.poll(() => state.opened, { timeout: 3000 }).toBe(2)
    state.isAway = false
    time += 11_000
    await expect.poll(counts, { timeout: 5000 }).toMatchObject({ 'batch.loss': 1 })
    state.isAway = true
    await recorder.add(stepLine(2))
    await sleep(1200)
    state.isAway = false
    await recorder.add(stepLine(3))
    await recorder.close()
    expect((await counts())['batch.loss']).toBe(3)
    expect(warnings).toEqual([expect.stringContaining('atelier runs reindex')])
  })

  it('ends as it should when it never comes back', async () => {
    const { open: openFlaky } = flakyStore()
    const recorder = await open({ openStore: openFlaky })
    await recorder.add(stepLine(1))
    await recorder.note({ status: 'completed' })
    await recorder.close()
    expect((await openRun(run.folder)).record.status).toBe('completed')
    expect(await readMetrics(run.files.metrics)).toHaveLength(1)
    expect(warnings).toHaveLength(1)
  })
})
