import { EventEmitter } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../core/index.ts'
import { commandTable } from '../command-table.ts'
import { runCli } from '../run-cli.ts'

const SMALL = [
  'data=sketch',
  'data.train=300',
  'data.test=50',
  'data.validation=50',
  'model=mlp',
  'hyperparameters.epochs=1',
  'trainer.threads=1',
]
let cwd = ''

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'atelier-multirun-'))
})
afterAll(() => rm(cwd, { recursive: true }))

/** Runs a command line; `onNote` sees what it writes to stderr, and may interrupt it. */
async function atelier(
  argv: readonly string[],
  onNote: (text: string, interrupt: () => void) => void = () => {},
) {
  const [stdout, stderr, signals] = [new PassThrough(), new PassThrough(), new EventEmitter()]
  const texts = { out: '', err: '' }
  stdout.on('data', (chunk: Buffer) => {
    texts.out += chunk.toString()
  })
  stderr.on('data', (chunk: Buffer) => {
    texts.err += chunk.toString()
    onNote(chunk.toString(), () => signals.emit('SIGINT'))
  })
  const code = await runCli({
    argv,
    cwd,
    env: {},
    stdin: Readable.from([]),
    stdout,
    stderr,
    clock: systemClock,
    signals,
    exit: () => {},
    startUi: () => Promise.reject(new Error('not in this test')),
    startService: () => Promise.reject(new Error('not in this test')),
    startMonitor: () => Promise.reject(new Error('not in this test')),
    packageRoot: resolve(import.meta.dirname, '../../..'),
    self: [process.execPath],
    commands: commandTable,
  })
  await new Promise((done) => setImmediate(done))
  return { code, ...texts }
}

const runFolders = () => readdir(join(cwd, 'runs')).catch(() => [])
const json = async (...path: string[]) =>
  JSON.parse(await readFile(join(cwd, 'runs', ...path), 'utf8'))

describe('atelier train -m', () => {
  it('trains every combination, and goes on when one fails', async () => {
    const rates = 'hyperparameters.learning_rate=0.01,1e30'
    const line = ['train', '-m', '--json', '-cd', 'extra', ...SMALL, 'seed=1,2', rates]
    const { code, out, err } = await atelier(line)
    const jobs = JSON.parse(out)
    expect(jobs.map(({ status }: { status: string }) => status)).toEqual([
      'completed',
      'failed',
      'completed',
      'failed',
    ])
    expect(jobs[1].error.code).toBe('TRAINING_DIVERGED')
    expect(jobs.map(({ overrides }: { overrides: string[] }) => overrides.slice(-2))).toEqual([
      ['seed=1', 'hyperparameters.learning_rate=0.01'],
      ['seed=1', 'hyperparameters.learning_rate=1e+30'],
      ['seed=2', 'hyperparameters.learning_rate=0.01'],
      ['seed=2', 'hyperparameters.learning_rate=1e+30'],
    ])
    expect(code).toBe(1)
    expect(err).toMatch(/#3 : .*seed=2 [\s\S]*2 of 4 jobs failed: #1, #3/)
    expect(await runFolders()).toHaveLength(4)
    expect(await json(jobs[2].run, 'run.json')).toMatchObject({
      seed: 2,
      status: 'completed',
      command: ['train', '-cd', 'extra', ...jobs[2].overrides],
    })
    const provenance = await json(jobs[2].run, 'provenance.json')
    expect(provenance).toContainEqual({ key: 'seed', origin: "override 'seed=2'" })
    expect(provenance).toContainEqual({
      key: 'model.type',
      origin: expect.stringMatching(/conf\/model\/mlp\.yaml:\d+$/),
    })
  }, 60_000)

  it('stops all of them at Ctrl-C, and says which are not done', async () => {
    const before = (await runFolders()).length
    const { code, out, err } = await atelier(
      ['train', '-m', ...SMALL, 'seed=3,4,5', 'hyperparameters.epochs=200'],
      (text, interrupt) => {
        if (text.includes('epoch 1/200')) interrupt()
      },
    )
    expect(code).toBe(130)
    expect(err).toContain('3 of 3 jobs are not done')
    expect(err).toMatch(/#0 interrupted: Stopped after step \d+.*`atelier resume .*-mlp-.*`/)
    expect(out).toMatch(
      /seed=3 .*interrupted[\s\S]*seed=4 .*not started[\s\S]*seed=5 .*not started/,
    )
    expect(await runFolders()).toHaveLength(before + 1)
  }, 60_000)

  it('refuses what cannot be composed before the first job', async () => {
    const before = (await runFolders()).length
    const { code, err } = await atelier(['train', '-m', ...SMALL, 'seed=6,-1'])
    expect(code).toBe(2)
    expect(err).toContain("seed is -1, but must be: integer ≥ 0 (override 'seed=-1')")
    expect(await runFolders()).toHaveLength(before)
  })

  it('is named by a sweep without it, which does not run', async () => {
    const { code, err } = await atelier(['train', ...SMALL, 'seed=1,2'])
    expect(code).toBe(2)
    expect(err).toContain('atelier train -m "seed=1,2"')
  })
})

describe('--cfg, --info, -cn, -cp and -cd', () => {
  it('prints the composition unresolved, resolved, or a part of it', async () => {
    const own = join(cwd, 'mine')
    await mkdir(join(own, 'recipe'), { recursive: true })
    await writeFile(
      join(own, 'recipe', 'own.yaml'),
      `# @package _global_\nseed: 5\npaths:\n  models: \${paths.runs}/m\n`,
    )
    const line = ['train', '-cd', own, 'recipe=own', '--cfg', 'job', '-p', 'paths']
    expect((await atelier(line)).out).toBe(
      `# @package paths\nruns: runs\nmodels: \${paths.runs}/m\nreports: reports\n`,
    )
    expect((await atelier([...line, '--resolve'])).out).toContain('models: runs/m\n')
    expect((await atelier(['evaluate', ...line.slice(1)])).out).toContain('# @package paths\n')
    expect((await atelier(['train', '--cfg', 'job', 'data=folder'])).out).toContain('path: ???\n')
  })

  it('starts from another file, and from another folder', async () => {
    const own = join(cwd, 'other')
    await mkdir(own, { recursive: true })
    await writeFile(join(own, 'mini.yaml'), 'defaults:\n  - config\n  - _self_\nseed: 8\n')
    const seed = async (...args: string[]) =>
      JSON.parse((await atelier(['config', '--json', ...args])).out).seed
    expect(await seed('-cp', 'other', '-cn', 'mini')).toBe(8)
    expect(await seed(`--config-dir=${own}`, '--config-name=mini.yaml', 'seed=9')).toBe(9)
    const { code, err } = await atelier(['config', '-cn', 'mimi', '-cd', own])
    expect(code).toBe(2)
    expect(err).toMatch(/Cannot find mimi\.yaml in [\s\S]*Did you mean 'mini'/)
  })

  it('explains keys and groups', async () => {
    const { out } = await atelier(['config', '--keys', 'schedule'])
    expect(out).toMatch(/schedule\.warmup +number from 0 to 1 +Share of all steps/)
    expect(out).not.toContain('optimizer.')
    expect((await atelier(['config', '--keys', 'shedule'])).err).toContain(
      "Did you mean 'schedule'?",
    )
    expect((await atelier(['config', '--groups'])).out).toMatch(/^model +cnn, lite, mlp, resnet$/m)
    expect((await atelier(['train', '--help'])).out).toContain('--config-name <NAME>')
  })

  it('shows how it is composed', async () => {
    const { out } = await atelier(['train', '--info', 'defaults-tree', '+experiment=smoke'])
    expect(out).toContain('config:\n  _self_\n  data: sketch\n  recipe: default\n  model: mlp\n')
    const listed = JSON.parse((await atelier(['train', '-i', 'defaults', '--json'])).out)
    expect(listed[1]).toEqual({
      path: 'data/fashion-mnist',
      package: 'data',
      self: false,
      parent: 'config',
    })
    expect((await atelier(['train', '--info', 'searchpath', '-cd', 'x'])).out).toMatch(
      new RegExp(`project +${cwd}/conf\\nconfig dir +${cwd}/x\\natelier +`),
    )
  })

  it('lets the configuration ask for a multirun', async () => {
    const { out } = await atelier([
      'train',
      '--cfg',
      'hydra',
      '+experiment=three_seeds',
      'model=mlp',
    ])
    expect(out).toContain('mode: MULTIRUN')
    expect(out).toContain('override_dirname: experiment=three_seeds,model=mlp')
  })
})
