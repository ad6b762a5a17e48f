/** Sweeps as processes: trials that are trained for real, killed, stopped, failing, found again. */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configSchema } from '../src/contracts/index.ts'
import { digestOf, processExists } from '../src/core/index.ts'
import { listSweeps, type Sweep, summarizeTrial } from '../src/sweeps/index.ts'
import { listRuns, readRunConfig } from '../src/tracking/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { itInFull } from './support/only-in-full.ts'
import { createProject, type Project, packageRoot, SMALL } from './support/training-project.ts'

let project: Project
beforeAll(async () => {
  project = await createProject()
  const { code } = await runAtelier(project.folder, ['data', 'prepare', ...SMALL])
  expect(code).toBe(0)
}, 60_000)
afterAll(() => project.remove())

const SPACE = `
method: grid
metric: { name: val.accuracy, goal: maximize }
parameters:
  hyperparameters.learning_rate: { values: [0.003, 0.01] }
  seed: { values: [SEED, 10SEED] }
`

/** Seeds of their own for each test, so that none finds the runs of another. */
async function writeSpace(seed: number, text = SPACE): Promise<string> {
  const name = `space-${seed}.yaml`
  await writeFile(join(project.folder, name), text.replaceAll('SEED', String(seed)))
  return name
}

async function newestSweep(): Promise<Sweep> {
  const [sweep] = await listSweeps(join(project.folder, 'sweeps'))
  return sweep!
}

const atelier = (...args: string[]) => runAtelier(project.folder, args)

/** What a command that must succeed prints with `--json`. */
async function resultOf(...args: string[]) {
  const { code, stdout, stderr } = await atelier(...args, '--json')
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error[')])
  return JSON.parse(stdout)
}

const runsOf = async (id: string) => {
  const runs = await listRuns(join(project.folder, 'runs'))
  return runs.filter(({ record }) => record.sweep?.id === id)
}

const statuses = ({ state }: Sweep) => state.trials.map((trial) => summarizeTrial(trial).status)

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await what()); waited += 50) {
    expect(waited).toBeLessThan(30_000)
    await sleep(50)
  }
}

/** Trials that take a few seconds, so that there is time to disturb them. */
const LONG = [
  ...['data.train=3000', 'data.processed=data/long', 'hyperparameters.epochs=4'],
  ...['model.type=cnn', 'model.width=0.25', 'trainer.checkpoint_steps=50'],
]

describe('atelier sweep run', () => {
  it('trains every trial in its own process, ranks them, and writes the best as an experiment', async () => {
    const file = await writeSpace(1)
    const { code, stdout, stderr } = await atelier(
      'sweep',
      'run',
      file,
      '-w',
      '2',
      '--json',
      ...SMALL,
    )
    expect([code, stderr]).toEqual([0, expect.stringContaining('trial 3 completed')])
    const result = JSON.parse(stdout)
    const metrics = result.trials.map(({ metric }: { metric: number }) => metric)
    expect(metrics).toEqual([...metrics].sort((a, b) => b - a))
    expect(result.counts).toMatchObject({ completed: 4, failed: 0, reused: 0 })
    const runs = await runsOf(result.id)
    expect(runs.map(({ record }) => record.sweep?.trial).sort()).toEqual([0, 1, 2, 3])
    // what is served is not the trial that happened to end last
    expect(existsSync(join(project.folder, 'models'))).toBe(false)
    const best = runs.find(({ record }) => record.id === result.best.runs[0])!
    const { stdout: composed } = await atelier('config', result.experiment, '--json')
    const training = configSchema.strip().parse(JSON.parse(composed).config ?? JSON.parse(composed))
    expect(digestOf(training)).toBe(digestOf(await readRunConfig(best)))
    const shown = await atelier('sweep', 'show', 'latest', '--csv')
    expect(shown.stdout.split('\n')[0]).toBe(
      'rank,trial,status,val.accuracy,deviation,repeats,hyperparameters.learning_rate,seed,seconds,runs,error',
    )
    expect((await atelier('sweep', 'ls')).stdout).toContain(`${result.id}  done`)
  }, 60_000)

  itInFull(
    'reuses what was trained with the same settings and data, unless told not to',
    async () => {
      const file = await writeSpace(2)
      const common = ['sweep', 'run', file, '--json', ...SMALL]
      const first = JSON.parse((await atelier(...common)).stdout)
      const again = JSON.parse((await atelier(...common)).stdout)
      expect(again.counts).toMatchObject({ completed: 4, reused: 4 })
      const trialsOf = (result: typeof first) =>
        result.trials.map(({ trial, metric, runs }: typeof first) => ({ trial, metric, runs }))
      expect(trialsOf(again)).toEqual(trialsOf(first))
      expect(await runsOf(again.id)).toEqual([])
      const anew = JSON.parse((await atelier(...common, '--no-reuse')).stdout)
      expect(anew.counts).toMatchObject({ completed: 4, reused: 0 })
      const digests = async (id: string) =>
        (await runsOf(id)).map(({ record }) => record.weight_digest).sort()
      expect(await digests(anew.id)).toEqual(await digests(first.id))
    },
    90_000,
  )

  itInFull(
    'judges by the mean of several seeds',
    async () => {
      const file = await writeSpace(3, SPACE.replace(/ {2}seed:.*\n/, ''))
      const { stdout } = await atelier('sweep', 'run', file, '--repeats', '3', '--json', ...SMALL)
      const { trials, id } = JSON.parse(stdout)
      expect(trials).toHaveLength(2)
      const seeds = (await runsOf(id)).map(({ record }) => [record.sweep?.trial, record.seed])
      expect(seeds.sort()).toEqual([0, 1].flatMap((trial) => [42, 43, 44].map((s) => [trial, s])))
      for (const { trial, metric, deviation, repeats } of trials) {
        const runs = (await runsOf(id)).filter(({ record }) => record.sweep?.trial === trial)
        const values = runs.map(({ record }) => record.best!.val_accuracy)
        const mean = values.reduce((sum, value) => sum + value) / 3
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2
        expect([metric, deviation, repeats]).toEqual([
          expect.closeTo(mean, 10),
          expect.closeTo(Math.sqrt(variance), 10),
          3,
        ])
      }
    },
    60_000,
  )

  itInFull(
    'records a trial that fails with its error and goes on',
    async () => {
      const file = await writeSpace(4, SPACE.replace('[0.003, 0.01]', '[0.003, 1.0e+30]'))
      const { code, stdout } = await atelier('sweep', 'run', file, '--json', ...SMALL)
      expect(code).toBe(0)
      const { trials, counts } = JSON.parse(stdout)
      expect(counts).toMatchObject({ completed: 2, failed: 2 })
      expect(trials[3]).toMatchObject({ status: 'failed', metric: null })
      expect(trials[3].error).toMatch(/Training diverged at step \d+/)
    },
    60_000,
  )

  it('stops when its first trials all fail', async () => {
    const file = await writeSpace(5)
    const args = ['sweep', 'run', file, ...SMALL, 'model.type=nonsense']
    const { code, stderr } = await atelier(...args)
    expect(code).toBe(1)
    expect(stderr).toContain('error[SWEEP_FAILING]')
    expect(stderr).toContain('nonsense')
    expect(statuses(await newestSweep())).toEqual(['failed', 'failed', 'failed'])
    expect(await runsOf((await newestSweep()).state.request.id)).toEqual([])
  }, 60_000)
})

describe("the original's sweep file", () => {
  itInFull(
    'runs unchanged, on validation instead of test, and is refused with --strict',
    async () => {
      const original = join(packageRoot, 'test/fixtures/sweeps/original.yaml')
      await copyFile(original, join(project.folder, 'sweep.yaml'))
      const strict = await atelier('sweep', 'run', 'sweep.yaml', '--strict', ...SMALL)
      expect([strict.code, strict.stderr]).toEqual([
        2,
        expect.stringContaining('SWEEP_TEST_METRIC'),
      ])
      const { code, stdout, stderr } = await atelier(
        'sweep',
        'run',
        'sweep.yaml',
        '--json',
        ...SMALL,
      )
      expect(code).toBe(0)
      expect(stderr).toContain("'val.accuracy' is taken instead")
      const { trials, counts, metric, id } = JSON.parse(stdout)
      expect([metric, counts.completed, trials.length]).toEqual(['val.accuracy', 5, 5])
      for (const { record } of await runsOf(id)) expect(record.test_looks).toBe(0)
      for (const run of await runsOf(id)) {
        const { params } = trials.find(({ runs }: { runs: string[] }) => runs[0] === run.record.id)
        const { hyperparameters, model } = await readRunConfig(run)
        expect(params).toEqual({ hyperparameters, model: { type: model.type } })
      }
      const kept = await readFile(join(project.folder, 'sweeps', id, 'sweep.yaml'))
      expect(kept).toEqual(await readFile(original))
    },
    90_000,
  )

  it('refuses a parameter that is no setting before anything is made', async () => {
    const file = await writeSpace(9, SPACE.replace('learning_rate', 'learning_rat'))
    const before = await newestSweep()
    const { code, stderr } = await atelier('sweep', 'run', file, ...SMALL)
    expect([code, stderr]).toEqual([2, expect.stringContaining('hyperparameters.learning_rate')])
    expect(await newestSweep()).toEqual(before)
  })
})

describe('early_terminate', () => {
  itInFull(
    'stops a trial that is behind, which saves its run',
    async () => {
      const file = await writeSpace(
        10,
        `${SPACE.replace(/ {2}seed:.*\n/, '').replace('[0.003, 0.01]', '[0.01, 0.02, 1.0e-9]')}
early_terminate: { type: hyperband, min_iter: 1, eta: 2 }
`,
      )
      const { stdout } = await atelier('sweep', 'run', file, '--json', ...SMALL, ...LONG)
      const { trials, counts, id } = JSON.parse(stdout)
      expect(counts).toMatchObject({ completed: 2, pruned: 1 })
      expect(trials[2]).toMatchObject({ status: 'pruned', metric: null })
      const run = (await runsOf(id)).find(({ record }) => record.id === trials[2].runs[0])!
      expect(run.record.status).toBe('interrupted')
      expect(run.record.step).toBeGreaterThan(0)
    },
    90_000,
  )
})

describe('atelier sweep resume', () => {
  itInFull(
    'continues after Ctrl-C, having saved what was under way',
    async () => {
      const file = await writeSpace(6)
      const overrides = [...SMALL, ...LONG]
      const { child, finished } = startAtelier(project.folder, [
        ...['sweep', 'run', file, '-w', '2', ...overrides],
      ])
      await until(() => isUnderWay(6))
      child.kill('SIGINT')
      const { code, stderr } = await finished
      expect(code).toBe(130)
      const { id } = (await newestSweep()).state.request
      expect(stderr).toContain(`Continue with \`atelier sweep resume ${id}\`.`)
      for (const { record } of await runsOf(id)) expect(record.status).toBe('interrupted')
      const resumed = await atelier('sweep', 'resume', 'latest', '--json')
      expect(JSON.parse(resumed.stdout).counts).toMatchObject({ completed: 4, failed: 0 })
      await expectOneCompleteRunEach(id)
    },
    120_000,
  )

  itInFull(
    'continues after kill -9: nothing runs on, nothing is trained twice',
    async () => {
      const file = await writeSpace(7)
      const overrides = [...SMALL, ...LONG]
      const { child, finished } = startAtelier(project.folder, [
        ...['sweep', 'run', file, '-w', '2', ...overrides],
      ])
      await until(() => isUnderWay(7))
      child.kill('SIGKILL')
      await finished
      const sweep = await newestSweep()
      const { id } = sweep.state.request
      const pids = sweep.state.trials.flatMap(({ attempts }) =>
        attempts.map(({ process }) => process!.pid),
      )
      expect(pids).toHaveLength(2)
      // at once, while the orphans are still saving
      const resumed = await atelier('sweep', 'resume', id, '--json')
      expect([resumed.code, resumed.stderr]).toEqual([0, expect.not.stringContaining('error[')])
      for (const pid of pids) expect(processExists(pid)).toBe(false)
      expect(JSON.parse(resumed.stdout).counts).toMatchObject({ completed: 4, failed: 0 })
      await expectOneCompleteRunEach(id)
      // the same weights as without the kill
      const whole = await resultOf(
        'sweep',
        'run',
        file,
        '-w',
        '2',
        '--no-reuse',
        '--json',
        ...overrides,
      )
      const digests = async (of: string) =>
        (await runsOf(of)).map(({ record }) => record.weight_digest).sort()
      expect(await digests(id)).toEqual(await digests(whole.id))
    },
    180_000,
  )

  /** Whether the first two trials have both been at work for a second. */
  async function isUnderWay(seed: number): Promise<boolean> {
    const request = (await listSweeps(join(project.folder, 'sweeps')))[0]?.state.request
    if (request?.file !== `space-${seed}.yaml`) return false
    const sizes = await Promise.all(
      (await runsOf(request.id)).map(async ({ files }) => {
        const found = await stat(files.metrics).catch(() => undefined)
        return found?.size ?? 0
      }),
    )
    return sizes.length === 2 && Math.min(...sizes) > 1000
  }

  async function expectOneCompleteRunEach(id: string) {
    const records = (await runsOf(id)).map(({ record }) => record)
    expect(records.map(({ sweep }) => sweep?.trial).sort()).toEqual([0, 1, 2, 3])
    expect(records.map(({ status }) => status)).toEqual(Array(4).fill('completed'))
  }
})

describe('a foreign program', () => {
  it('gets its parameters by the macros of `command`, without a shell, and fails alone', async () => {
    const program = `
const { writeFileSync } = require('node:fs')
writeFileSync('seen-' + process.env.ATELIER_SWEEP_TRIAL + '.json', JSON.stringify(process.argv.slice(2)))
if (process.argv.includes('--x=2')) { console.error('two is not allowed'); process.exit(3) }
`
    await writeFile(join(project.folder, 'program.cjs'), program)
    const file = await writeSpace(
      8,
      `program: program.cjs
command: [${JSON.stringify(process.execPath)}, "\${program}", "a; touch b", "\${args}"]
method: grid
parameters: { x: { values: [1, 2] } }
`,
    )
    const { stdout, code } = await atelier('sweep', 'run', file, '--json')
    expect(code).toBe(0)
    const { trials } = JSON.parse(stdout)
    expect(trials).toMatchObject([
      { status: 'completed', metric: null },
      { status: 'failed', error: 'Its program ended with code 3: two is not allowed' },
    ])
    const seen = JSON.parse(await readFile(join(project.folder, 'seen-0.json'), 'utf8'))
    expect(seen).toEqual(['a; touch b', '--x=1'])
    expect(await readdir(project.folder)).not.toContain('b')
  }, 30_000)

  itInFull(
    'is found by the run it logs, and adopted when it outlives its scheduler',
    async () => {
      await mkdir(join(project.folder, 'node_modules'))
      await symlink(packageRoot, join(project.folder, 'node_modules', 'atelier'), 'dir')
      const program = `
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { init } from 'atelier'
const x = Number(process.argv.find((word) => word.startsWith('--x=')).slice(4))
appendFileSync('starts.txt', x + '\\n')
const run = await init({ project: 'foreign', config: { x }, systemSeconds: null })
for (let step = 1; step <= 6; step++) {
  run.log({ 'val/acc': x / step }, { step })
  await sleep(500)
}
await run.finish()
`
      await writeFile(join(project.folder, 'program.mjs'), program)
      const file = await writeSpace(
        11,
        `program: program.mjs
command: [${JSON.stringify(process.execPath)}, "\${program}", "\${args}"]
method: grid
metric: { name: val.accuracy, goal: maximize }
parameters: { x: { values: [6, 60] } }
`,
      )
      const { child, finished } = startAtelier(project.folder, ['sweep', 'run', file])
      const starts = () => readFile(join(project.folder, 'starts.txt'), 'utf8').catch(() => '')
      await until(async () => (await starts()) === '6\n')
      child.kill('SIGKILL')
      await finished
      const { stdout, stderr } = await atelier('sweep', 'resume', 'latest', '--json')
      expect(stderr).toContain('trial 1 completed')
      const { trials, counts } = JSON.parse(stdout)
      expect(counts.completed).toBe(2)
      // the last value logged
      expect(trials.map(({ metric }: { metric: number }) => metric)).toEqual([10, 1])
      expect(await starts()).toBe('6\n60\n')
    },
    60_000,
  )
})
