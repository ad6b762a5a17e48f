/** Runs at MLflow, where its server is well and where it is not. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { listRuns, type Run, readMetrics } from '../src/tracking/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { type MlflowServer, startMlflowServer } from './support/mlflow-server.ts'
import { FULL, itInFull } from './support/only-in-full.ts'
import { createProject, type Project, packageRoot, SMALL } from './support/training-project.ts'

const TROUBLES = FULL ? ([500, 403, 'hang'] as const) : ([500] as const)
const TOKEN = 'a-token'
const TRAIN = ['train', ...SMALL, 'tracking=mlflow', 'tracking.wait_seconds=2']
const REGISTER = ['tracking.mlflow.register=shoes', 'tracking.mlflow.alias=champion']
/** Some seconds of training, on other data than the rest. */
const LONGER = [
  ...['data.train=3000', 'data.processed=data/processed/more'],
  ...['hyperparameters.epochs=6', 'model.type=cnn', 'model.width=0.25'],
]

let project: Project
let server: MlflowServer
beforeAll(async () => {
  project = await createProject()
  server = await startMlflowServer(`Bearer ${TOKEN}`)
})
afterEach(() => {
  server.trouble = undefined
})
afterAll(async () => {
  await server.close()
  await project.remove()
})

const env = () => ({ MLFLOW_TRACKING_URI: server.url, MLFLOW_TRACKING_TOKEN: TOKEN })
const newest = async (): Promise<Run> => (await listRuns(join(project.folder, 'runs')))[0]!

async function atelier(...args: readonly string[]) {
  const done = await runAtelier(project.folder, args, { env: env() })
  expect(done.stderr).not.toContain('error[INTERNAL]')
  return done
}

/** The server holds one run for ours, with every step's loss, each once. */
async function expectWhole(run: Run) {
  const sent = server.runs.filter(({ tags }) => tags.get('atelier.run') === run.record.id)
  expect(sent).toHaveLength(1)
  const steps = (await readMetrics(run.files.metrics)).filter((line) => line.type === 'step')
  const losses = sent[0]!.points.filter((point) => point.startsWith('batch/loss '))
  expect(losses).toEqual(steps.map(({ step, loss }) => `batch/loss ${step} ${loss}`))
  expect(sent[0]!.status).toBe('FINISHED')
  return sent[0]!
}

describe('atelier train tracking=mlflow', () => {
  it('sends settings, metrics, figures and the model, and registers it', async () => {
    const { code, stderr } = await atelier(...TRAIN, ...REGISTER)
    expect(stderr).not.toContain('warning')
    expect(code).toBe(0)
    const run = await newest()
    const sent = await expectWhole(run)
    expect(sent.params.get('model.type')).toBe('mlp')
    expect(sent.points).toContain(
      `best/val/accuracy ${run.record.step} ${run.record.best!.val_accuracy}`,
    )
    const file = (path: string) => server.files.get(`${sent.id}/${path}`)
    expect(file('figures/train_loss.png')).toBeDefined()
    expect(file('model/model.onnx')).toEqual(await readFile(run.files.model))
    expect(parse(file('model/MLmodel')!.toString())).toMatchObject({ run_id: sent.id })
    expect([...server.files.keys()].some((path) => path.includes('checkpoints'))).toBe(false)
    expect(server.versions).toMatchObject([{ name: 'shoes' }])
    expect(server.aliases.get('shoes@champion')).toBe('1')
  })

  it.each(TROUBLES)(
    'trains all the same where the server answers %s, and sends it all later',
    async (trouble) => {
      server.trouble = trouble
      const { code, stderr } = await atelier(...TRAIN)
      expect(code).toBe(0)
      expect(stderr).toContain('atelier sync')
      server.trouble = undefined
      const later = await atelier('sync')
      expect(later.code).toBe(0)
      await expectWhole(await newest())
      expect((await atelier('sync')).stdout).toContain('Nothing waits')
    },
  )

  it('finds its run and version again where it lost what it had noted', async () => {
    const run = await newest()
    await rm(join(run.folder, '.trackers'), { recursive: true })
    const before = server.runs.length
    const { code } = await atelier('sync', run.record.id, 'tracking=mlflow', ...REGISTER)
    expect(code).toBe(0)
    expect(server.runs).toHaveLength(before)
    // of the same weights as before: one more version would be the same model
    expect(server.versions).toHaveLength(1)
  })

  itInFull(
    'registers a model there that is registered here',
    async () => {
      await atelier('train', ...SMALL, 'tracking=mlflow', 'seed=9')
      await mkdir(join(project.folder, 'conf/tracking'), { recursive: true })
      await writeFile(
        join(project.folder, 'conf/config.yaml'),
        `${await readFile(join(packageRoot, 'conf/config.yaml'), 'utf8')}`.replace(
          'register: null',
          'register: boots',
        ),
      )
      const done = await atelier('models', 'register', 'latest', '--alias', 'trial')
      await rm(join(project.folder, 'conf'), { recursive: true })
      expect(done.code).toBe(0)
      expect(server.versions.at(-1)).toMatchObject({ name: 'boots' })
      expect(server.aliases.get('boots@trial')).toBe('2')
    },
    60_000,
  )
})

describe('atelier train tracking=mlflow, killed', () => {
  itInFull(
    'loses and doubles nothing of a run that was continued',
    async () => {
      const before = server.runs.length
      const { child, finished } = startAtelier(project.folder, [...TRAIN, ...LONGER], {
        env: env(),
      })
      const until = Date.now() + 20_000
      const sent = () => server.runs[before]?.points.length ?? 0
      while (sent() === 0 && Date.now() < until) await sleep(20)
      await sleep(300)
      child.kill('SIGKILL')
      await finished
      const run = await newest()
      expect(run.record.status).not.toBe('completed')
      expect((await atelier('resume', run.record.id)).code).toBe(0)
      await expectWhole(await newest())
    },
    60_000,
  )
})
