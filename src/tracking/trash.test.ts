import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun } from '../../test/support/run-example.ts'
import { systemClock } from '../core/index.ts'
import { writeArtifacts } from './artifacts.ts'
import { type GarbageOptions, gc } from './collect-garbage.ts'
import { listRuns } from './find-run.ts'
import { noteRun, tagRuns } from './label-runs.ts'
import { openRun, type Run, updateRun } from './run.ts'
import { entryOf } from './run-entry.ts'
import { lockRun } from './run-lock.ts'
import type { RunStore } from './run-store.ts'
import { openRunStore } from './store/open-run-store.ts'
import { restoreRuns, trashRuns } from './trash.ts'

let root = ''
let store: RunStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-trash-'))
  store = await openRunStore({ path: join(root, '.db', 'atelier.db') })
})
afterEach(async () => {
  await store.close()
  await rm(root, { recursive: true })
})

async function completedRun(): Promise<Run> {
  const run = await newTestRun(root)
  await mkdir(dirname(run.files.lastCheckpoint))
  await writeFile(run.files.lastCheckpoint, 'x'.repeat(1000))
  await writeFile(run.files.model, 'm'.repeat(10))
  await writeArtifacts(run)
  await store.put(await entryOf(run.folder))
  return updateRun(run, systemClock, { status: 'completed' })
}

const idsOf = async (trashed: boolean) =>
  (await store.find({ limit: 10, trashed })).entries.map(({ record: { id } }) => id)
const namesIn = (folder: string) => readdir(join(root, folder)).catch(() => [])

describe('trashRuns', () => {
  it('moves a run to the trash and back, in the store too', async () => {
    const [run, other] = [await completedRun(), await completedRun()]
    const { id } = run.record
    const before = (await openRun(run.folder)).record
    await trashRuns(root, [id], { store })
    expect((await listRuns(root)).map(({ record }) => record.id)).toEqual([other.record.id])
    expect([await idsOf(false), await idsOf(true)]).toEqual([[other.record.id], [id]])
    const trashed = await entryOf(join(root, '.trash', id))
    expect(Date.now() - Date.parse(trashed.trashed!)).toBeLessThan(60_000)
    await restoreRuns(root, [id], { store })
    expect(await idsOf(true)).toEqual([])
    expect((await openRun(run.folder)).record).toEqual(before)
    expect((await readdir(run.folder)).filter((name) => /^\.|trashed/.test(name))).toEqual([])
  })

  it('refuses a run at work, and then moves none', async () => {
    const [idle, working] = [await completedRun(), await newTestRun(root)]
    const lock = await lockRun(working.folder)
    const ids = [idle.record.id, working.record.id]
    await expect(trashRuns(root, ids)).rejects.toMatchObject({ code: 'RUN_LOCKED' })
    expect(await namesIn('.trash')).toEqual([])
    await lock.release()
    await trashRuns(root, ids)
    expect((await namesIn('.trash')).sort()).toEqual([...ids].sort())
  })

  it.each(['../other', '.trash', 'no-such-run', ''])('does not take %j for a run', async (id) => {
    await expect(trashRuns(root, [id])).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
  })

  it('never writes over a run: neither in the trash nor back', async () => {
    const run = await completedRun()
    const { id } = run.record
    await trashRuns(root, [id])
    await mkdir(run.folder)
    await writeFile(run.files.record, await readFile(join(root, '.trash', id, 'run.json')))
    await expect(restoreRuns(root, [id])).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    await expect(trashRuns(root, [id])).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    expect(await namesIn(join('.trash', id))).toContain('model.onnx')
  })
})

describe('gc', () => {
  const options = (change: Partial<GarbageOptions> = {}): GarbageOptions => ({
    olderThanDays: 30,
    checkpointsOfFinished: true,
    dryRun: false,
    store,
    ...change,
  })
  const inDays = (days: number) => ({
    now: () => Date.now() + days * 86_400_000,
    monotonic: () => 0,
  })

  it('says what would go and its bytes, and only then deletes it', async () => {
    const [kept, trashed] = [await completedRun(), await completedRun()]
    await trashRuns(root, [trashed.record.id], { store })
    const clock = inDays(31)
    const dry = await gc(root, options({ dryRun: true, clock }))
    expect(dry.items.map(({ kind, id }) => [kind, id])).toEqual([
      ['trash', trashed.record.id],
      ['checkpoints', kept.record.id],
    ])
    expect(dry.items[1]).toMatchObject({ bytes: 1000 })
    expect(dry.bytes).toBe(dry.items[0]!.bytes + 1000)
    expect(await namesIn('.trash')).toHaveLength(1)
    expect(await gc(root, options({ clock }))).toEqual({ ...dry, dryRun: false })
    expect(await namesIn('.trash')).toEqual([])
    expect(await readdir(kept.folder)).not.toContain('checkpoints')
    const paths = (await store.get(kept.record.id))?.artifacts.map(({ path }) => path)
    expect(paths).toContain('model.onnx')
    expect(paths).not.toContain('checkpoints/last.safetensors')
    expect((await gc(root, options({ clock }))).items).toEqual([])
  })

  it('spares young trash, checkpoints unless asked, and those that a run can go on from', async () => {
    const [completed, interrupted, trashed] = [
      await completedRun(),
      await completedRun(),
      await completedRun(),
    ]
    await updateRun(interrupted, systemClock, { status: 'interrupted' })
    await trashRuns(root, [trashed.record.id])
    const clock = inDays(29)
    expect((await gc(root, options({ clock, checkpointsOfFinished: false }))).items).toEqual([])
    const { items } = await gc(root, options({ clock }))
    expect(items.map(({ id }) => id)).toEqual([completed.record.id])
  })

  it('deletes half-written files that are an hour old, not those of a run at work', async () => {
    const [idle, working] = [await newTestRun(root), await newTestRun(root)]
    const lock = await lockRun(working.folder)
    const old = new Date(Date.now() - 2 * 3_600_000)
    const paths = [
      join(root, '.import-1.tmp'),
      join(idle.folder, '.run.json.1.tmp'),
      join(working.folder, '.run.json.1.tmp'),
    ]
    for (const path of [...paths, join(idle.folder, '.young.tmp')]) await writeFile(path, 'half')
    for (const path of paths) await utimes(path, old, old)
    const { items } = await gc(root, options())
    expect(items.map(({ path, bytes }) => [path, bytes])).toEqual([
      ['.import-1.tmp', 4],
      [join(idle.record.id, '.run.json.1.tmp'), 4],
    ])
    expect(await readdir(idle.folder)).toContain('.young.tmp')
    await lock.release()
  })
})

describe('tagRuns and noteRun', () => {
  it('change the record and the store, and nothing of a training that writes meanwhile', async () => {
    const run = await newTestRun(root)
    const { id } = run.record
    const lock = await lockRun(run.folder)
    const tags = Array.from({ length: 8 }, (_, at) => `tag-${at}`)
    await Promise.all([
      ...tags.map((tag) => tagRuns(root, [id], { add: [tag] }, { store })),
      noteRun(root, id, 'looks good', { store }),
      ...[1, 2, 3].map((step) => updateRun(run, systemClock, { step, summary: { step } })),
    ])
    await tagRuns(root, [id, id], { add: ['kept', 'tag-1'], remove: ['tag-0'] }, { store })
    const { record } = await openRun(run.folder)
    expect([...record.tags].sort()).toEqual(['kept', ...tags.slice(1)].sort())
    expect(record.notes).toBe('looks good')
    expect(record.summary['step']).toBe(record.step)
    expect((await store.get(id))?.record.tags).toEqual(record.tags)
    await lock.release()
  })

  it('refuse what is no tag and no run', async () => {
    const { record } = await newTestRun(root)
    await expect(tagRuns(root, [record.id], { add: [' '] })).rejects.toMatchObject({
      code: 'RUN_VALUE_INVALID',
    })
    await expect(tagRuns(root, ['../x'], { add: ['a'] })).rejects.toMatchObject({
      code: 'RUN_NOT_FOUND',
    })
  })
})
