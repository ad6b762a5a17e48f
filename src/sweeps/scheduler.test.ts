import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../core/index.ts'
import { lockRun } from '../tracking/index.ts'
import {
  createSweep,
  findSweep,
  listSweeps,
  openSweep,
  type RunTrial,
  rankTrials,
  runTrials,
  type SchedulerOptions,
  type Sweep,
  SweepJournal,
  summarizeTrial,
} from './index.ts'

const YAML = Buffer.from('method: grid\r\n# as it was typed\n')
let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-sweeps-'))
})
afterEach(() => rm(root, { recursive: true }))

const newSweep = (repeats = 1) =>
  createSweep(root, {
    bytes: YAML,
    name: 'grid',
    clock: systemClock,
    request: {
      ...{ file: 'sweep.yaml', seed: 1, workers: 1, repeats, threads: null },
      ...{ overrides: ['data=sketch'], config: {}, strict: false, reuse: true },
    },
  })

const done = (metric: number) =>
  ({ status: 'completed', run: `run-${metric}`, reused: false, metric, history: [metric] }) as const
const failed = (message: string) =>
  ({ status: 'failed', run: null, history: [], error: { code: 'INTERNAL', message } }) as const

/** Runs a sweep of `count` trials, x = 0, 1, 2 … */
async function runAll(sweep: Sweep, count: number, options: Partial<SchedulerOptions>) {
  const journal = await SweepJournal.open(sweep.files.journal)
  try {
    return await runTrials(sweep.state, {
      workers: 1,
      next: (trials) => (trials.length < count ? { x: trials.length } : 'done'),
      hopeless: () => [],
      runTrial: async ({ params }) => done(params['x'] as number),
      append: (event) => journal.append(event),
      clock: systemClock,
      signal: new AbortController().signal,
      ...options,
    })
  } finally {
    journal.close()
  }
}

const statuses = ({ state }: Pick<Sweep, 'state'>) =>
  state.trials.map((trial) => summarizeTrial(trial).status)

describe('runTrials', () => {
  it('runs every trial once, as many at a time as there are workers, and remembers them', async () => {
    const sweep = await newSweep()
    let [running, most] = [0, 0]
    const end = await runAll(sweep, 5, {
      workers: 2,
      runTrial: async ({ params }) => {
        most = Math.max(most, ++running)
        await turn()
        running--
        return done(params['x'] as number)
      },
    })
    expect(most).toBe(2)
    expect(end.reason).toBe('done')
    expect((await openSweep(sweep.folder)).state).toEqual(end.state)
    const metrics = end.state.trials.map((trial) => summarizeTrial(trial).metric)
    expect(metrics).toEqual([0, 1, 2, 3, 4])
    expect(await readFile(join(sweep.folder, 'sweep.yaml'))).toEqual(YAML)
  })

  it('goes on after a failed trial, and tries it again when asked', async () => {
    const sweep = await newSweep()
    const runTrial: RunTrial = async ({ trial }) => (trial === 1 ? failed('no luck') : done(trial))
    const first = await runAll(sweep, 4, { runTrial })
    expect(statuses(first)).toEqual(['completed', 'failed', 'completed', 'completed'])
    expect(summarizeTrial(first.state.trials[1]!).error).toBe('no luck')
    const again = await openSweep(sweep.folder)
    const asked: number[] = []
    const count = async (job: Parameters<RunTrial>[0]) => {
      asked.push(job.trial)
      return done(9)
    }
    expect(statuses(await runAll(again, 4, { runTrial: count }))).toEqual(statuses(first))
    expect(asked).toEqual([])
    const second = await runAll(again, 4, { runTrial: count, retryFailed: true })
    expect(asked).toEqual([1])
    expect(statuses(second)).toEqual(Array(4).fill('completed'))
  })

  it('stops when all of the first three fail, but not when one of them succeeds', async () => {
    const all = await runAll(await newSweep(), 9, { runTrial: async () => failed('broken') })
    expect(all.reason).toBe('failing')
    expect(all.state.trials).toHaveLength(3)
    const runTrial: RunTrial = async ({ trial }) => (trial === 0 ? done(1) : failed('broken'))
    const most = await runAll(await newSweep(), 9, { runTrial })
    expect([most.reason, most.state.trials.length]).toEqual(['done', 9])
  })

  it('stops its trials when interrupted and begins with them the next time', async () => {
    const sweep = await newSweep()
    const controller = new AbortController()
    const untilStopped: RunTrial = (_job, reporter, signal) => {
      reporter.progress([0.25], 10, 40)
      reporter.run('run-a')
      return new Promise((settle) => {
        signal.addEventListener('abort', () => settle({ status: 'stopped', history: [0.25] }))
        setImmediate(() => controller.abort())
      })
    }
    const stopped = await runAll(sweep, 3, { runTrial: untilStopped, signal: controller.signal })
    expect(stopped.reason).toBe('interrupted')
    expect(stopped.state.trials).toHaveLength(1)
    const again = await openSweep(sweep.folder)
    expect(again.state.trials[0]!.attempts[0]).toMatchObject({ status: 'stopped', run: 'run-a' })
    const seen: unknown[] = []
    const end = await runAll(again, 3, {
      runTrial: async ({ trial, attempt }) => {
        seen.push([trial, attempt.run])
        return done(trial)
      },
    })
    expect(seen).toEqual([
      [0, 'run-a'],
      [1, null],
      [2, null],
    ])
    expect(statuses(end)).toEqual(Array(3).fill('completed'))
  })

  it('prunes a trial that is hopeless, and keeps what it had logged', async () => {
    const end = await runAll(await newSweep(), 2, {
      hopeless: (trials) =>
        trials
          .filter(({ attempts: [attempt] }) => (attempt!.history.at(-1) ?? 1) < 0.5)
          .map(({ trial }) => trial),
      runTrial: ({ trial }, reporter, signal) =>
        new Promise((settle) => {
          signal.addEventListener('abort', () => settle({ status: 'stopped', history: [0.1] }))
          setImmediate(() => {
            reporter.progress([trial === 0 ? 0.1 : 0.9], 1, null)
            if (trial === 1) settle(done(0.9))
          })
        }),
    })
    expect(statuses(end)).toEqual(['pruned', 'completed'])
    expect(end.state.trials[0]!.attempts[0]!.history).toEqual([0.1])
  })

  it('gives each seed its turn, and leaves the others out once one has failed', async () => {
    const asked: string[] = []
    const end = await runAll(await newSweep(3), 2, {
      runTrial: async ({ trial, attempt: { repeat } }) => {
        asked.push(`${trial}/${repeat}`)
        return trial === 0 && repeat === 1 ? failed('diverged') : done(repeat)
      },
    })
    expect(asked).toEqual(['0/0', '0/1', '1/0', '1/1', '1/2'])
    expect(statuses(end)).toEqual(['failed', 'completed'])
    expect(summarizeTrial(end.state.trials[1]!)).toMatchObject({ metric: 1, deviation: 1 })
  })

  it('asks for parameters only when there is a worker, and waits when told', async () => {
    const seen: number[] = []
    const end = await runAll(await newSweep(), 0, {
      workers: 3,
      next: (trials) => {
        const ended = trials.filter((trial) => summarizeTrial(trial).status === 'completed').length
        if (ended < trials.length) return 'wait'
        seen.push(ended)
        return trials.length < 3 ? { x: ended } : 'done'
      },
    })
    expect(seen).toEqual([0, 1, 2, 3])
    expect(end.state.trials.map(({ params }) => params['x'])).toEqual([0, 1, 2])
  })

  it('does not draw for ever from a space where all was trained before', async () => {
    const runTrial: RunTrial = async () => ({ ...done(1), reused: true })
    const end = await runAll(await newSweep(), Number.POSITIVE_INFINITY, { runTrial })
    expect(end.reason).toBe('done')
    expect(end.state.trials.length).toBeLessThan(200)
  })
})

describe('SweepJournal', () => {
  it('forgets a torn last line and goes on after it', async () => {
    const sweep = await newSweep()
    const path = sweep.files.journal
    const whole = await readFile(path, 'utf8')
    await writeFile(path, `${whole}{"type":"trial","tim`)
    const end = await runAll(await openSweep(sweep.folder), 1, {})
    expect((await openSweep(sweep.folder)).state).toEqual(end.state)
    expect(await readFile(path, 'utf8')).not.toContain('"tim{')
  })

  it('names the line that is damaged', async () => {
    const sweep = await newSweep()
    const whole = await readFile(sweep.files.journal, 'utf8')
    await writeFile(sweep.files.journal, `${whole}nonsense\n`)
    await expect(openSweep(sweep.folder)).rejects.toMatchObject({
      code: 'SWEEP_DAMAGED',
      message: expect.stringContaining('trials.jsonl:2'),
    })
    const { id } = sweep.state.request
    await expect(findSweep(root, id)).rejects.toMatchObject({ code: 'SWEEP_DAMAGED' })
    const other = await newSweep()
    const told: string[] = []
    expect(await listSweeps(root, ({ code }) => told.push(code))).toEqual([other])
    expect(told).toEqual(['SWEEP_DAMAGED'])
  })
})

describe('findSweep', () => {
  it('finds a sweep by the end of its id, as latest, and names the nearest', async () => {
    const { folder, state } = await newSweep()
    const words = state.request.id.split('-').slice(-2).join('-')
    expect((await findSweep(root, words)).folder).toBe(folder)
    expect((await findSweep(root, 'latest')).folder).toBe(folder)
    await expect(findSweep(root, `${words}x`)).rejects.toMatchObject({
      code: 'SWEEP_NOT_FOUND',
      hint: `Did you mean ${state.request.id}?`,
    })
  })

  it('lets one process only work on it', async () => {
    const { folder } = await newSweep()
    const lock = await lockRun(folder)
    await expect(lockRun(folder)).rejects.toMatchObject({ code: 'RUN_LOCKED' })
    await lock.release()
  })
})

describe('rankTrials', () => {
  it('puts the best mean first, and leaves out what did not end well', async () => {
    const end = await runAll(await newSweep(2), 4, {
      runTrial: async ({ trial, attempt: { repeat } }) =>
        trial === 3 ? failed('no') : done([0.5 + 0.4 * repeat, 0.8, Number.NaN][trial]!),
    })
    const { state } = (await listSweeps(root))[0]!
    expect(state).toEqual(end.state)
    const trials = state.trials.map(summarizeTrial)
    const numbers = (goal: 'minimize' | 'maximize') =>
      rankTrials(trials, goal).map(({ trial }) => trial)
    expect(numbers('maximize')).toEqual([1, 0])
    expect(numbers('minimize')).toEqual([0, 1])
  })
})
