/** Runs at W&B: the files that its client would leave, and a server that answers as its own does. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromBinary } from '@bufbuild/protobuf'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { RecordSchema } from '../src/trackers/protocol/generated/wandb_pb.ts'
import { readRecordLog } from '../src/trackers/wandb/record-log.ts'
import { listRuns, type Run, readMetrics } from '../src/tracking/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { FULL, itInFull } from './support/only-in-full.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'
import { startWandbServer, type WandbServer } from './support/wandb-server.ts'

const TROUBLES = FULL ? ([500, 401, 'hang'] as const) : ([500] as const)
const KEY = 'k'.repeat(40)
const OFFLINE = ['train', ...SMALL, 'tracking=wandb', 'tracking.wait_seconds=2']
const ONLINE = [...OFFLINE, 'tracking.wandb.mode=online']

/** Some seconds of training, on other data than the rest. */
const LONGER = [
  ...['data.train=3000', 'data.processed=data/processed/more'],
  ...['hyperparameters.epochs=6', 'model.type=cnn', 'model.width=0.25'],
]

let project: Project
let server: WandbServer
beforeAll(async () => {
  project = await createProject()
  server = await startWandbServer(KEY)
})
afterEach(() => {
  server.trouble = undefined
})
afterAll(async () => {
  await server.close()
  await project.remove()
})

const env = () => ({ WANDB_API_KEY: KEY, WANDB_BASE_URL: server.url })
const newest = async (): Promise<Run> => (await listRuns(join(project.folder, 'runs')))[0]!

async function atelier(args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
  const done = await runAtelier(project.folder, args, { env: variables })
  expect(done.stderr).not.toContain('error[INTERNAL]')
  return done
}

/** The records of the newest offline run, in order. */
async function offlineRecords() {
  const folder = join(project.folder, 'wandb')
  const name = (await readdir(folder)).sort().at(-1)!
  const log = (await readdir(join(folder, name))).find((file) => file.endsWith('.wandb'))!
  const bytes = await readFile(join(folder, name, log))
  const records = [...readRecordLog(bytes)].map((record) => fromBinary(RecordSchema, record))
  return { folder: join(folder, name), records }
}

/** What one step of training logged, as the record holds it. */
async function stepsOf(run: Run) {
  const lines = await readMetrics(run.files.metrics)
  return lines.filter((line) => line.type === 'step')
}

/** Rows of the server, in order; a gap would be a row that is missing. */
function historyAt({ runs }: WandbServer) {
  const run = [...runs.values()].at(-1)!
  const numbers = [...run.history.keys()].sort((a, b) => a - b)
  expect(numbers).toEqual(numbers.map((_, i) => i))
  return { run, rows: numbers.map((number) => run.history.get(number)!) }
}

async function expectWhole(run: Run) {
  const { run: sent, rows } = historyAt(server)
  const steps = await stepsOf(run)
  expect(rows.map((row) => row['_step'])).toEqual(steps.map(({ step }) => step))
  expect(rows.map((row) => row['batch/loss'])).toEqual(steps.map(({ loss }) => loss))
  expect(sent.exitCode).toBe(0)
  expect(sent.summary).toMatchObject({ 'val/accuracy': run.record.best!.val_accuracy })
  return sent
}

describe('atelier train tracking=wandb', () => {
  it('leaves an offline run with everything in it', async () => {
    const { code, stderr } = await atelier(OFFLINE, {
      WANDB_PROJECT: 'shoes',
      WANDB_ENTITY: 'team',
      WANDB_NAME: 'first try',
      WANDB_NOTES: 'a note',
      WANDB_TAGS: 'a, b',
      WANDB_RUN_GROUP: 'group 1',
      WANDB_SWEEP_ID: 'abc12345',
    })
    expect(code).toBe(0)
    const run = await newest()
    const { folder, records } = await offlineRecords()
    expect(stderr).toContain(folder)
    const kinds = records.map(({ content }) => content.case)
    expect(kinds.slice(0, 3)).toEqual(['header', 'run', 'environment'])
    expect(kinds.slice(-3)).toEqual(['exit', 'final', 'footer'])
    const of = <K>(kind: K) =>
      records.flatMap(({ content }) => (content.case === kind ? [content.value] : [])) as never[]
    expect(of('run')[0]).toMatchObject({
      entity: 'team',
      project: 'shoes',
      displayName: 'first try',
      notes: 'a note',
      tags: ['a', 'b'],
      runGroup: 'group 1',
      sweepId: 'abc12345',
    })
    const history = of('history') as { item: { key: string; valueJson: string }[] }[]
    const rows = history.map(({ item }) =>
      Object.fromEntries(item.map(({ key, valueJson }) => [key, JSON.parse(valueJson)])),
    )
    const steps = await stepsOf(run)
    expect(rows.map((row) => row['_step'])).toEqual(steps.map(({ step }) => step))
    expect(rows.map((row) => row['batch/loss'])).toEqual(steps.map(({ loss }) => loss))
    const image = rows.at(-1)!['figures/train_loss']
    const picture = await readFile(join(folder, 'files', image.path))
    expect(createHash('sha256').update(picture).digest('hex')).toBe(image.sha256)
    const [artifact] = of('artifact') as { manifest: { contents: { localPath: string }[] } }[]
    expect(artifact!.manifest.contents[0]!.localPath).toBe(run.files.model)
    const printed = (of('outputRaw') as { line: string }[]).map(({ line }) => line).join('')
    expect(printed).toContain(`run    ${run.record.id}`)
    expect(printed).toContain('Best on validation')
    expect(of('exit')[0]).toMatchObject({ exitCode: 0 })
  })

  it('refuses to begin a run that could never be sent', async () => {
    const before = (await listRuns(join(project.folder, 'runs'))).length
    const { code, stderr } = await atelier(ONLINE)
    expect(stderr).toContain('TRACKER_SETTINGS')
    expect(code).not.toBe(0)
    expect(await listRuns(join(project.folder, 'runs'))).toHaveLength(before)
  })

  it('sends a run with its figures, model, output and end', async () => {
    const { code, stderr } = await atelier(ONLINE, env())
    expect(stderr).not.toContain('warning')
    expect(code).toBe(0)
    const run = await newest()
    const sent = await expectWhole(run)
    expect(server.complaints).toEqual([])
    expect(JSON.parse(String(sent.bucket['config']))).toMatchObject({
      seed: { value: 42 },
      model: { value: { type: 'mlp' } },
    })
    expect([...sent.output.values()].join('\n')).toContain('Best on validation')
    const { rows } = historyAt(server)
    const image = rows.at(-1)!['figures/train_loss'] as { path: string; sha256: string }
    const stored = [...server.files].find(([path]) => path.endsWith(image.path))![1]
    expect(createHash('sha256').update(stored).digest('hex')).toBe(image.sha256)
    expect(sent.uploaded).toContain(image.path)
    const artifact = server.artifacts.at(-1)!
    expect(artifact.committed).toBe(true)
    const model = [...server.files].find(([path]) => path.endsWith('model.onnx'))![1]
    expect(model.equals(await readFile(run.files.model))).toBe(true)
    expect(artifact.manifest).toMatchObject({
      contents: {
        'model.onnx': { digest: createHash('md5').update(model).digest('base64') },
      },
    })
  })

  it.each(TROUBLES)(
    'trains all the same where the server answers %s, and sends it all later',
    async (trouble) => {
      server.trouble = trouble
      const started = Date.now()
      const { code, stderr } = await atelier(ONLINE, env())
      expect(code).toBe(0)
      expect(stderr).toContain('atelier sync')
      expect(Date.now() - started).toBeLessThan(20_000)
      const run = await newest()
      expect(run.record.status).toBe('completed')
      server.trouble = undefined
      const later = await atelier(['sync'], env())
      expect(later.stdout).toContain('sent')
      expect(later.code).toBe(0)
      await expectWhole(run)
      expect((await atelier(['sync'], env())).stdout).toContain('Nothing waits')
    },
    60_000,
  )

  it('trains all the same where nobody listens, and says so in sync', async () => {
    const gone = await startWandbServer(KEY)
    await gone.close()
    const away = { ...env(), WANDB_BASE_URL: gone.url }
    const { code, stderr } = await atelier(ONLINE, away)
    expect(code).toBe(0)
    expect(stderr).toContain('ECONNREFUSED')
    const later = await atelier(['sync'], away)
    expect(later.stderr).toContain('SYNC_INCOMPLETE')
    expect(later.code).not.toBe(0)
    const again = ['sync', 'latest', '--again', ...ONLINE.slice(1)]
    expect((await atelier(again, env())).code).toBe(0)
    await expectWhole(await newest())
  })

  itInFull(
    'loses and doubles nothing of a run that was killed and continued',
    async () => {
      const { child, finished } = startAtelier(project.folder, [...ONLINE, ...LONGER], {
        env: env(),
      })
      const before = new Set(server.runs.keys())
      const until = Date.now() + 20_000
      const rowsOf = () => [...server.runs].find(([id]) => !before.has(id))?.[1].history.size ?? 0
      while (rowsOf() === 0 && Date.now() < until) await sleep(20)
      await sleep(300)
      child.kill('SIGKILL')
      await finished
      const run = await newest()
      expect(run.record.status).not.toBe('completed')
      expect((await atelier(['resume', run.record.id], env())).code).toBe(0)
      await expectWhole(await newest())
    },
    60_000,
  )
})
