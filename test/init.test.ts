/** Programs that log by the public API, as processes of their own: some end as they should not. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  entryOf,
  listRuns,
  openRunStore,
  readMetrics,
  readRunConfig,
} from '../src/tracking/index.ts'
import { itInFull } from './support/only-in-full.ts'

const packageRoot = resolve(import.meta.dirname, '..')
let folder = ''
/** A stranger's project with the built package in its node_modules. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-init-'))
  await mkdir(join(folder, 'node_modules'))
  await symlink(packageRoot, join(folder, 'node_modules', 'atelier'), 'dir')
})
afterAll(() => rm(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts a program whose first line is printed when it is where it shall be. */
async function start(name: string, body: string, env: NodeJS.ProcessEnv = {}) {
  const cwd = join(folder, name)
  await mkdir(cwd, { recursive: true })
  const file = join(cwd, 'program.mjs')
  await writeFile(file, `import { init } from 'atelier'\n${body}\n`)
  const child = spawn(process.execPath, [file], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }))
  return { cwd, child, ended, printed: () => stdout }
}

async function run(name: string, body: string, env?: NodeJS.ProcessEnv) {
  const { cwd, ended } = await start(name, body, env)
  return { cwd, ...(await ended) }
}

async function onlyRun(cwd: string, root = 'runs') {
  const runs = await listRuns(join(cwd, root))
  expect(runs).toHaveLength(1)
  const lines = await readMetrics(runs[0]!.files.metrics)
  const logged = lines.filter((line) => line.type === 'log' && !('system.cpu' in line.values))
  return {
    ...runs[0]!,
    logged: logged.map(({ step, ...line }) => ({
      step,
      values: (line as unknown as { values: unknown }).values,
    })),
  }
}

const START = `const run = await init({ project: 'digits', config: { lr: 0.01, seed: 7 } })`

describe('init', () => {
  it('keeps what a program logs in ten lines', async () => {
    const { cwd, code, stderr } = await run(
      'ten-lines',
      `import { writeFileSync } from 'node:fs'
       const run = await init({ project: 'digits', config: { model: { type: 'tree' }, seed: 7 },
         tags: ['first'], notes: 'a try' })
       for (let step = 1; step <= 3; step++) run.log({ loss: 1 / step, 'val/acc': step / 10 }, { step })
       run.log({ loss: 0.25 })
       run.tag('good')
       run.summary({ best: 3 })
       writeFileSync('confusion.csv', '1,2')
       await run.artifact('confusion.csv')
       await run.finish()`,
      { ATELIER_SWEEP_ID: 'sweep-1', ATELIER_SWEEP_TRIAL: '4' },
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { record, files, logged, folder: runFolder } = await onlyRun(cwd)
    expect(record).toMatchObject({
      status: 'completed',
      project: 'digits',
      seed: 7,
      step: 4,
      tags: ['first', 'good'],
      notes: 'a try',
      summary: { loss: 0.25, 'val.accuracy': 0.3, best: 3 },
      sweep: { id: 'sweep-1', trial: 4 },
      architecture: null,
    })
    expect(record.id).toMatch(/-digits-/)
    expect(record.seconds).toBeGreaterThan(0)
    const resumed = readRunConfig({ record, files, folder: runFolder })
    await expect(resumed).rejects.toMatchObject({ code: 'CONFIG_INVALID_VALUE' })
    expect(parse(await readFile(files.config, 'utf8'))).toEqual({
      model: { type: 'tree' },
      seed: 7,
    })
    expect(logged).toEqual([
      { step: 1, values: { loss: 1, 'val.accuracy': 0.1 } },
      { step: 2, values: { loss: 0.5, 'val.accuracy': 0.2 } },
      { step: 3, values: { loss: 1 / 3, 'val.accuracy': 0.3 } },
      { step: 4, values: { loss: 0.25 } },
    ])
    expect((await entryOf(runFolder)).artifacts.map(({ path }) => path)).toContain(
      'artifacts/confusion.csv',
    )
    expect((await readdir(runFolder)).filter((name) => name.startsWith('.'))).toEqual([])
    const store = await openRunStore({ path: join(cwd, '.atelier/atelier.db') })
    expect((await store.get(record.id))?.record).toEqual(record)
    const series = await store.series(record.id, { buckets: 10, metrics: ['loss', 'val/acc'] })
    expect(series.map(({ metric, count }) => [metric, count])).toEqual([
      ['loss', 4],
      ['val.accuracy', 3],
    ])
    await store.close()
  })

  it('works as a namespace, in another folder and without a database', async () => {
    const { cwd, stderr } = await run(
      'namespace',
      `import * as atelier from 'atelier'
       const run = await atelier.init({ project: 'p', root: 'elsewhere', database: null, systemSeconds: null })
       await run.finish({ error: new Error('no luck') })`,
    )
    expect(stderr).toBe('')
    const { record } = await onlyRun(cwd, 'elsewhere')
    expect(record).toMatchObject({
      status: 'failed',
      failure: { code: 'Error', message: 'no luck' },
    })
    expect(await readdir(cwd)).not.toContain('.atelier')
  })

  it('leaves out what is not finite, says so once, and refuses what is no number', async () => {
    const { cwd, stderr } = await run(
      'values',
      `${START}
       run.log({ loss: 1, other: 2 })
       run.log({ loss: NaN, other: 3 })
       run.log({ loss: Infinity })
       const codes = []
       for (const bad of [() => run.log({ loss: '1' }), () => run.log({ loss: 1 }, { step: -1 }), () => run.log({ '': 1 })])
         try { bad() } catch (error) { codes.push(error.code) }
       let written = false
       run.finish().then(() => { written = true })
       await run.finish()
       if (!written) throw new Error('the second finish came before the first')
       try { run.log({ loss: 1 }) } catch (error) { codes.push(error.code) }
       console.error(codes.join())`,
    )
    expect(stderr.split('\n').filter(Boolean)).toEqual([
      'atelier: loss is NaN: values that are not finite are left out.',
      'RUN_VALUE_INVALID,RUN_VALUE_INVALID,RUN_VALUE_INVALID,RUN_ENDED',
    ])
    const { logged, record } = await onlyRun(cwd)
    expect(logged).toEqual([
      { step: 1, values: { loss: 1, other: 2 } },
      { step: 2, values: { other: 3 } },
    ])
    expect(record.summary).toEqual({ other: 3 })
  })
})

describe("the package's types", () => {
  it('say what a run takes', async () => {
    const file = join(folder, 'typed.mts')
    const text = `import { type ActiveRun, init } from 'atelier'
      const run: ActiveRun = await init({ project: 'p', config: { lr: 0.1 }, tags: ['a'] })
      run.log({ loss: 1, 'val.acc': 0.5 }, { step: 1 })
      // @ts-expect-error a value is a number
      run.log({ loss: 'low' })
      // @ts-expect-error a run belongs to a project
      await init({ config: {} })
      const folder: string = run.folder
      await run.finish({ status: 'failed', error: new Error(folder) })`
    await writeFile(file, text)
    const tsc = join(packageRoot, 'node_modules/.bin/tsc')
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext']
    const { stdout, status } = spawnSync(tsc, [...options, '--target', 'es2023', file], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
  }, 60_000)
})

describe('a program that does not finish its run', () => {
  const LOG = `${START}\nfor (let step = 1; step <= 10; step++) run.log({ loss: step })`

  it('fails it by an error that nobody catches', async () => {
    const { cwd, code, stderr } = await run('error', `${LOG}\nthrow new TypeError('it broke')`)
    expect(code).toBe(1)
    expect(stderr).toContain('it broke')
    const { record, logged } = await onlyRun(cwd)
    expect(record).toMatchObject({
      status: 'failed',
      failure: { code: 'TypeError', message: 'it broke' },
      step: 10,
      summary: { loss: 10 },
    })
    expect(logged).toHaveLength(10)
  })

  it('crashes it by leaving, with every value kept', async () => {
    const { cwd, code } = await run('exit', `${LOG}\nrun.tag('late')\nprocess.exit(3)`)
    expect(code).toBe(3)
    const { record, logged } = await onlyRun(cwd)
    expect(record).toMatchObject({ status: 'crashed', step: 10, tags: ['late'] })
    expect(logged).toHaveLength(10)
  })

  it('is not kept alive by it', async () => {
    const { cwd, code } = await run('end', LOG)
    expect(code).toBe(0)
    expect((await onlyRun(cwd)).record.status).toBe('crashed')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('interrupts it by %s, and ends by it', async (signal) => {
    const program = `${LOG}\nconsole.log('ready')\nawait new Promise((done) => setTimeout(done, 60000))`
    const { cwd, child, ended, printed } = await start(signal, program)
    await expect.poll(printed, { timeout: 20_000 }).toContain('ready')
    child.kill(signal)
    expect((await ended).code).toBeNull()
    expect(child.signalCode).toBe(signal)
    const { record, logged } = await onlyRun(cwd)
    expect(record).toMatchObject({ status: 'interrupted', step: 10 })
    expect(logged).toHaveLength(10)
  })

  it('loses at most its last second by SIGKILL, and is crashed in the listing at once', async () => {
    const program = `${START}
      let step = 0
      setInterval(() => { run.log({ loss: ++step }); console.log(step, Date.now()) }, 10)`
    const { cwd, child, ended, printed } = await start('kill', program)
    await expect.poll(() => printed().split('\n').length, { timeout: 20_000 }).toBeGreaterThan(250)
    child.kill('SIGKILL')
    await ended
    const { record, logged } = await onlyRun(cwd)
    expect(record.status).toBe('crashed')
    const calls = printed()
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number))
    const lost = calls.slice(logged.length)
    // the timer is late on a busy machine; without it all 250 were lost
    expect(logged.length).toBeGreaterThan(0)
    expect(lost.at(-1)![1]! - lost[0]![1]!).toBeLessThan(2500)
    const steps = logged.map(({ step }) => step)
    expect(steps).toEqual(steps.map((_, at) => at + 1))
  })
})

describe('run.log', () => {
  itInFull(
    'takes a million points without holding them all, and the database has each once',
    async () => {
      const { cwd, stdout } = await run(
        'million',
        `${START}
       const started = performance.now()
       for (let step = 1; step <= 250_000; step++)
         run.log({ loss: 1 / step, 'val/acc': step * 1e-6, a: step, b: -step }, { step })
       console.log(1000 * (performance.now() - started) / 1e6)
       await run.finish()`,
      )
      // measured about 0.5 µs on an idle machine; the bound is for a busy one
      expect(Number(stdout)).toBeLessThan(20)
      const { record } = await onlyRun(cwd)
      const store = await openRunStore({ path: join(cwd, '.atelier/atelier.db') })
      const series = await store.series(record.id, { buckets: 10, metrics: ['loss', 'a', 'b'] })
      expect(series.map(({ count }) => count)).toEqual([250_000, 250_000, 250_000])
      await store.close()
    },
    60_000,
  )
})
