import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../test/support/run-example.ts'
import { processIdentity } from '../core/index.ts'
import { settleRun, settleStore } from './crashed.ts'
import { findRun, listRuns } from './find-run.ts'
import { openRun, type Run, updateRun } from './run.ts'
import { entryOf } from './run-entry.ts'
import { lockRun } from './run-lock.ts'
import { openRunStore } from './store/open-run-store.ts'

let root = ''
const children: ChildProcess[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-crashed-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(root, { recursive: true })
})

const clockAt = (time: number) => ({ now: () => time, monotonic: () => time })

/** A run whose lock another, living process holds. */
async function runOfOtherProcess() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'])
  children.push(child)
  await once(child, 'spawn')
  const run = await newTestRun(root)
  const identity = await processIdentity(child.pid!)
  const holder = { pid: child.pid, host: hostname(), identity }
  await writeFile(join(run.folder, '.lock-1'), JSON.stringify(holder))
  return { run, child }
}

async function kill(child: ChildProcess) {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function lockOfOtherMachine(run: Run, beat: number) {
  const path = join(run.folder, '.lock-1')
  await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere', identity: '' }))
  await utimes(path, beat / 1000, beat / 1000)
}

describe('a run whose process was killed', () => {
  it('is crashed in every listing at once, in its record too, and can be locked again', async () => {
    const { run, child } = await runOfOtherProcess()
    const { id } = run.record
    expect((await findRun(root, id)).record.status).toBe('running')
    await kill(child)
    expect((await listRuns(root)).map(({ record }) => record.status)).toEqual(['crashed'])
    expect((await findRun(root, run.folder)).record.status).toBe('crashed')
    expect((await openRun(run.folder)).record.status).toBe('crashed')
    expect((await readdir(run.folder)).filter((name) => name.startsWith('.'))).toEqual([])
    await (await lockRun(run.folder)).release()
  })

  it('is not called so while another process continues it', async () => {
    const { run, child } = await runOfOtherProcess()
    await kill(child)
    const lock = await lockRun(run.folder)
    expect((await settleRun(run)).record.status).toBe('running')
    await lock.release()
  })

  it.runIf(process.platform === 'linux')('is crashed also as a zombie (Linux)', async () => {
    // the shell starts a child and becomes a program that never asks how it ended
    const script = `sleep 0.1 & echo $!; exec sleep 60`
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    children.push(parent)
    const [bytes] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(bytes.toString())
    const identity = await processIdentity(pid)
    const run = await newTestRun(root)
    await writeFile(
      join(run.folder, '.lock-1'),
      JSON.stringify({ pid, host: hostname(), identity }),
    )
    expect(identity).not.toBe('')
    await expect
      .poll(async () => (await settleRun(run)).record.status, { timeout: 5000 })
      .toBe('crashed')
    process.kill(pid, 0)
  })
})

describe('a run without a lock', () => {
  it('has half a minute to make it', async () => {
    const run = await newTestRun(root)
    const created = Date.parse(run.record.created)
    expect((await settleRun(run, clockAt(created + 20_000))).record.status).toBe('running')
    expect((await settleRun(run, clockAt(created + 31_000))).record.status).toBe('crashed')
  })

  it('is left alone when it has ended', async () => {
    const run = await newTestRun(root)
    const ended = await updateRun(run, clockAt(0), { status: 'interrupted' })
    expect((await settleRun(ended)).record.status).toBe('interrupted')
  })
})

describe('a run of another machine', () => {
  it('is crashed in the listing when its heartbeat stops, and its record is left to it', async () => {
    const run = await newTestRun(root)
    const now = Date.now()
    await lockOfOtherMachine(run, now - 10_000)
    expect((await settleRun(run, clockAt(now))).record.status).toBe('running')
    expect((await settleRun(run, clockAt(now + 60_000))).record.status).toBe('crashed')
    expect((await openRun(run.folder)).record.status).toBe('running')
  })
})

describe('settleStore', () => {
  it('goes by folders here and by heartbeats elsewhere', async () => {
    const store = await openRunStore({ path: join(root, 'atelier.db') })
    const now = Date.now()
    const { run: alive } = await runOfOtherProcess()
    const { run: killed, child } = await runOfOtherProcess()
    const ended = await newTestRun(root)
    for (const { folder } of [alive, killed, ended]) await store.put(await entryOf(folder))
    const far = await entryOf(alive.folder)
    const put = (id: string, beat: number) => {
      const updated = new Date(beat).toISOString()
      return store.put({ ...far, folder: '/elsewhere', record: { ...far.record, id, updated } })
    }
    await put('far-alive', now - 10_000)
    await put('far-dead', now - 60_000)
    await updateRun(ended, clockAt(now), { status: 'failed' })
    await writeFile(killed.files.metrics, `${JSON.stringify(stepLine(1))}\n`)
    await kill(child)
    expect([...(await settleStore(store, clockAt(now)))].sort()).toEqual(
      [killed.record.id, 'far-dead'].sort(),
    )
    const statusOf = async (id: string) => (await store.get(id))?.record.status
    expect(await statusOf(alive.record.id)).toBe('running')
    expect(await statusOf(killed.record.id)).toBe('crashed')
    expect(await statusOf(ended.record.id)).toBe('failed')
    expect(await store.series(killed.record.id, { buckets: 1 })).toHaveLength(3)
    expect(await statusOf('far-alive')).toBe('running')
    expect(await statusOf('far-dead')).toBe('crashed')
    // long after: the one here is still seen to live, whatever its heartbeat says
    await settleStore(store, clockAt(now + 600_000))
    expect(await statusOf(alive.record.id)).toBe('running')
    expect(await statusOf('far-alive')).toBe('crashed')
    await store.close()
  })
})
