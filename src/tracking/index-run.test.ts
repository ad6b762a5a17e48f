import { appendFile, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../test/support/run-example.ts'
import { reindex } from './index-run.ts'
import { entryOf } from './run-entry.ts'
import { lockRun } from './run-lock.ts'
import type { RunStore } from './run-store.ts'
import { openRunStore } from './store/open-run-store.ts'

let root = ''
let store: RunStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-index-'))
  store = await openRunStore({ path: join(root, 'atelier.db') })
})
afterEach(async () => {
  await store.close()
  await rm(root, { recursive: true })
})

const counts = async (id: string) =>
  Object.fromEntries(
    (await store.series(id, { buckets: 10 })).map(({ metric, count }) => [metric, count]),
  )

async function runWithMetrics(steps: number) {
  const run = await newTestRun(root)
  const lines = Array.from({ length: steps }, (_, at) => stepLine(at + 1))
  const log = { type: 'log', time: 5, step: steps, values: { 'system.cpu': 40, 'val/acc': 0.5 } }
  const text = [...lines, log].map((line) => `${JSON.stringify(line)}\n`).join('')
  await writeFile(run.files.metrics, text)
  return run
}

describe('entryOf', () => {
  it('reads the folder whole, and is empty where an older run lacks a file', async () => {
    const provenance = [{ key: 'seed', origin: "override 'seed=7'" }]
    const run = await newTestRun(root, { overrides: ['seed=7'], provenance })
    const entry = await entryOf(run.folder)
    expect(entry).toMatchObject({ record: run.record, overrides: ['seed=7'], provenance })
    expect(entry).toMatchObject({ folder: run.folder, trashed: null, artifacts: [] })
    expect(entry.config['model']).toMatchObject({ type: 'cnn' })
    for (const path of [run.files.provenance, run.files.overrides]) await rm(path)
    await writeFile(run.files.artifacts, '[{"path":')
    expect(await entryOf(run.folder)).toMatchObject({
      provenance: [],
      overrides: [],
      artifacts: [],
    })
  })

  it('throws where there is no run', async () => {
    await expect(entryOf(root)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
  })
})

describe('reindex', () => {
  it('fills an empty store from folders and the trash, and repeated changes nothing', async () => {
    const [run, old] = [await runWithMetrics(20), await runWithMetrics(3)]
    const trash = join(root, '.trash', old.record.id)
    await mkdir(join(root, '.trash'))
    await rename(old.folder, trash)
    await writeFile(join(trash, 'trashed.json'), '{"trashed":"2026-11-23T06:00:00.000Z"}')
    const first = await reindex(root, store)
    expect(first).toMatchObject({ runs: 2, dropped: [], unreadable: [] })
    expect([...first.rewritten].sort()).toEqual([run.record.id, old.record.id].sort())
    const before = await counts(run.record.id)
    expect(before).toEqual({
      'batch.loss': 20,
      'batch.accuracy': 20,
      learning_rate: 20,
      'system.cpu': 1,
      'val.accuracy': 1,
    })
    expect((await store.get(old.record.id))?.trashed).toBe('2026-11-23T06:00:00.000Z')
    expect(await reindex(root, store)).toEqual({ ...first, rewritten: [] })
    expect(await counts(run.record.id)).toEqual(before)
  })

  it('writes the metrics anew where they differ', async () => {
    const run = await runWithMetrics(5)
    await reindex(root, store)
    await appendFile(run.files.metrics, `${JSON.stringify(stepLine(6))}\n{"type":"st`)
    expect((await reindex(root, store)).rewritten).toEqual([run.record.id])
    expect((await counts(run.record.id))['batch.loss']).toBe(6)
  })

  it('forgets runs whose folder is gone, not those of another root', async () => {
    const run = await runWithMetrics(1)
    const elsewhere = await mkdtemp(join(tmpdir(), 'atelier-index-other-'))
    const other = await newTestRun(elsewhere)
    await reindex(root, store)
    await reindex(elsewhere, store)
    await rm(run.folder, { recursive: true })
    expect((await reindex(root, store)).dropped).toEqual([run.record.id])
    expect(await store.get(run.record.id)).toBeUndefined()
    expect(await store.get(other.record.id)).toBeDefined()
    await rm(elsewhere, { recursive: true })
  })

  it('goes on past damaged runs, and names them', async () => {
    const [good, bad, worse] = [
      await runWithMetrics(1),
      await runWithMetrics(1),
      await runWithMetrics(1),
    ]
    await writeFile(bad.files.record, '{')
    await appendFile(worse.files.metrics, 'nonsense\n')
    const result = await reindex(root, store)
    expect([...result.unreadable].sort()).toEqual([bad.folder, worse.folder].sort())
    expect(await store.get(good.record.id)).toBeDefined()
    expect(await readFile(bad.files.record, 'utf8')).toBe('{')
  })

  it('takes the folder that is named for a run, not a copy of it', async () => {
    const run = await runWithMetrics(2)
    const copies = ['a-copy', 'z-copy'].map((name) => join(root, name))
    for (const copy of copies) {
      await cp(run.folder, copy, { recursive: true })
      await appendFile(join(copy, 'metrics.jsonl'), `${JSON.stringify(stepLine(3))}\n`)
    }
    const first = await reindex(root, store)
    expect([...first.unreadable].sort()).toEqual(copies)
    expect((await store.get(run.record.id))?.folder).toBe(run.folder)
    expect((await counts(run.record.id))['batch.loss']).toBe(2)
    expect((await reindex(root, store)).rewritten).toEqual([])
  })

  it('leaves the metrics of a run at work to its process', async () => {
    const run = await runWithMetrics(4)
    const lock = await lockRun(run.folder)
    await reindex(root, store)
    expect(await counts(run.record.id)).toEqual({})
    await lock.release()
    await reindex(root, store)
    expect((await counts(run.record.id))['batch.loss']).toBe(4)
  })
})
