import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { composeConfig } from '../config/index.ts'
import type { MetricsLine } from '../contracts/index.ts'
import { processIdentity } from '../core/index.ts'
import { findRun, listRuns } from './find-run.ts'
import { MetricsLog, readMetrics } from './metrics-log.ts'
import { createRun, type NewRun, openRun, readRunConfig, updateRun } from './run.ts'
import { createRunId } from './run-id.ts'
import { isRunLocked, lockRun } from './run-lock.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-runs-'))
})
afterEach(() => rm(root, { recursive: true }))

const START = Date.UTC(2026, 10, 23, 5, 31, 12)

/** A clock that stands until it is moved. */
function manualClock() {
  let time = 0
  return {
    now: () => START + time,
    monotonic: () => time,
    advance: (milliseconds: number) => {
      time += milliseconds
    },
  }
}

async function newRun(options: Partial<NewRun> = {}) {
  const packageConf = resolve(import.meta.dirname, '../../conf')
  const { config } = (await composeConfig(['data=sketch'], { cwd: root, env: {}, packageConf }))
    .training
  return createRun(root, {
    config,
    overrides: ['data=sketch'],
    dataset: { name: 'sketch', digest: 'd'.repeat(64) },
    parameters: 10,
    project: 'default',
    command: ['train', 'data=sketch'],
    libraries: { atelier: '0.1.0' },
    clock: manualClock(),
    ...options,
  })
}

const step = (at: number): MetricsLine => ({
  type: 'step',
  time: 0,
  step: at,
  epoch: 1,
  loss: 1 / at,
  accuracy: 0.5,
  learning_rate: 0.001,
})

describe('createRunId', () => {
  it('starts with the time, so that names sort by it, and is safe as a folder name', () => {
    const id = createRunId(START, '../My best: Model!', () => 0)
    expect(id).toBe('20261123-0531-my-best-model-amber-badger')
  })
})

describe('createRun', () => {
  it('never gives two runs one folder', async () => {
    let draw = 0
    // the second run draws the first one's words before it draws others
    const pick = (bound: number) => (draw++ < 4 ? 0 : 1 % bound)
    const [first, second] = [await newRun({ pick }), await newRun({ pick })]
    expect(first.folder).not.toBe(second.folder)
    expect(await readdir(root)).toHaveLength(2)
  })

  it('keeps a configuration that reads back as it was', async () => {
    const provenance = [{ key: 'data.name', value: 'sketch', origin: "override 'data=sketch'" }]
    const run = await newRun({ provenance })
    expect(await readRunConfig(run)).toMatchObject({ seed: 42, data: { source: 'sketch' } })
    expect(await readFile(run.files.overrides, 'utf8')).toBe('- data=sketch\n')
    expect(JSON.parse(await readFile(run.files.provenance, 'utf8'))).toEqual([
      { key: 'data.name', origin: "override 'data=sketch'" },
    ])
    expect((await openRun(run.folder)).record).toEqual(run.record)
  })
})

describe('updateRun', () => {
  it('refuses what is no run record, and keeps the old one', async () => {
    const run = await newRun()
    await expect(updateRun(run, manualClock(), { step: -1 })).rejects.toThrow()
    expect((await openRun(run.folder)).record.step).toBe(0)
  })
})

describe('findRun', () => {
  it('finds by id, by start, by end, by folder, and the latest', async () => {
    const clock = manualClock()
    const old = await newRun({ clock, pick: () => 0 })
    clock.advance(3_600_000)
    const young = await newRun({ clock, pick: () => 1 })
    const { id } = old.record
    for (const query of [id, '20261123-0531', 'amber-badger', old.folder]) {
      expect((await findRun(root, query)).record.id).toBe(id)
    }
    expect((await findRun(root, 'latest')).record.id).toBe(young.record.id)
    await updateRun(old, clock, { status: 'completed' })
    expect((await findRun(root, 'latest', 'completed')).record.id).toBe(id)
  })

  it('names the nearest run, and those that fit when several do', async () => {
    const pick = (word: number) => () => word
    await newRun({ pick: pick(0) })
    await newRun({ pick: pick(1) })
    await expect(findRun(root, 'amber-bager')).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      hint: 'Did you mean 20261123-0531-cnn-amber-badger?',
    })
    await expect(findRun(root, '20261123')).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
      message: expect.stringContaining('fits 2 runs'),
      hint: expect.stringContaining('cnn-bold-bear'),
    })
    await expect(findRun(join(root, 'none'), 'latest')).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    })
  })

  it('passes over folders that hold no run', async () => {
    await mkdir(join(root, 'notes'))
    await newRun()
    expect(await listRuns(root)).toHaveLength(1)
  })
})

describe('MetricsLog', () => {
  it('writes about once a second, and all of it when asked', async () => {
    const [path, clock] = [join(root, 'metrics.jsonl'), manualClock()]
    const log = await MetricsLog.open(path, 0, clock)
    await log.add(step(1))
    expect(await readMetrics(path)).toEqual([])
    clock.advance(1000)
    await log.add(step(2))
    expect(await readMetrics(path)).toEqual([step(1), step(2)])
    await log.add(step(3))
    const size = await log.sync()
    expect((await readFile(path)).length).toBe(size)
    await log.close()
  })

  it('continues at an offset: what came after is cut off', async () => {
    const [path, clock] = [join(root, 'metrics.jsonl'), manualClock()]
    const log = await MetricsLog.open(path, 0, clock)
    await log.add(step(1))
    const offset = await log.sync()
    await log.add(step(2))
    await log.close()
    await appendFile(path, '{"type":"st')
    expect(await readMetrics(path)).toEqual([step(1), step(2)])
    const again = await MetricsLog.open(path, offset, clock)
    await again.add(step(3))
    await again.close()
    expect(await readMetrics(path)).toEqual([step(1), step(3)])
  })
})

describe('lockRun', () => {
  it('lets one in at a time', async () => {
    const lock = await lockRun(root)
    await expect(lockRun(root)).rejects.toMatchObject({ code: 'RUN_LOCKED' })
    expect(await isRunLocked(root)).toBe(true)
    await lock.release()
    expect(await isRunLocked(root)).toBe(false)
    await (await lockRun(root)).release()
    expect(await readdir(root)).toEqual([])
  })

  it('gives the lock of a dead process to exactly one of many', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const identity = await processIdentity(child.pid!)
    const holder = { pid: child.pid, host: hostname(), identity }
    await writeFile(join(root, '.lock-1'), JSON.stringify(holder))
    await expect(lockRun(root)).rejects.toMatchObject({ code: 'RUN_LOCKED' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockRun(root)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it.runIf(process.platform === 'linux')(
    'takes over from a process whose id was given to another (Linux: by start time)',
    async () => {
      const holder = { pid: process.pid, host: hostname(), identity: 'an-earlier-boot:1' }
      await writeFile(join(root, '.lock-1'), JSON.stringify(holder))
      await (await lockRun(root)).release()
    },
  )

  it('respects the lock of another machine, whose processes it cannot see', async () => {
    const holder = { pid: 1, host: 'elsewhere', identity: '' }
    await writeFile(join(root, '.lock-1'), JSON.stringify(holder))
    await expect(lockRun(root)).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringContaining('elsewhere'),
    })
  })
})
