/** Processes that are killed for real, at random moments, and continued. */

import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../src/core/index.ts'
import { readSafetensors } from '../src/tensor/index.ts'
import {
  isRunLocked,
  listRuns,
  openRunStore,
  type Run,
  readMetrics,
} from '../src/tracking/index.ts'
import { runAtelier, startAtelier } from './support/atelier-process.ts'
import { FULL } from './support/only-in-full.ts'
import { createProject, type Project, SMALL } from './support/training-project.ts'

const KILLS = FULL ? 20 : 2
const SEED = 20261123
/** Node needs about this long before there is a run. */
const START_MS = 400
const TRAIN = [
  ...SMALL,
  ...['data.train=3000', 'hyperparameters.epochs=3', 'model.type=cnn', 'model.width=0.25'],
  ...['trainer.threads=2', 'trainer.checkpoint_steps=7', 'augmentation.erase=0.3'],
]

let project: Project
let undisturbed: Run
beforeAll(async () => {
  project = await createProject()
  const { code, stderr } = await runAtelier(project.folder, ['train', ...TRAIN])
  expect(stderr).not.toContain('error[')
  expect(code).toBe(0)
  undisturbed = (await newestRun())!
}, 120_000)
afterAll(() => project.remove())

const newestRun = async () => (await listRuns(join(project.folder, 'runs')))[0]

/** What must be the same; times may differ. */
async function resultOf({ record, files }: Run) {
  const lines = (await readMetrics(files.metrics)).filter(({ type }) => type !== 'log')
  const metrics = lines.map((line) =>
    line.type === 'step'
      ? { ...line, time: 0 }
      : { ...line, time: 0, seconds: 0, images_per_second: 0 },
  )
  return { digest: record.weight_digest, metrics }
}

/** What the database holds of a run must be what its folder holds. */
async function compareWithStore({ record, files }: Run) {
  const store = await openRunStore({ path: join(project.folder, '.atelier/atelier.db') })
  const [loss, judged] = await store.series(record.id, {
    metrics: ['batch.loss', 'val.loss'],
    buckets: 100_000,
  })
  const lines = await readMetrics(files.metrics)
  const steps = lines.filter((line) => line.type === 'step')
  const epochs = lines.filter((line) => line.type === 'epoch')
  expect([...loss!.values]).toEqual(steps.map((line) => line.loss))
  expect([...judged!.values]).toEqual(epochs.map((line) => line.val_loss))
  expect((await store.get(record.id))?.record).toEqual(record)
  await store.close()
}

/** Waits until a process holds the newest run, however long that takes on a busy machine. */
async function untilWorking(child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const run = await newestRun()
    if (run !== undefined && (await isRunLocked(run.folder))) return
    await sleep(20)
  }
}

/** Starts or continues a run and kills it: one in four while it starts, else while it works. */
async function startAndKill(run: Run | undefined, random: Random) {
  const args = run === undefined ? ['train', ...TRAIN] : ['resume', run.record.id]
  const { child, finished } = startAtelier(project.folder, args)
  const early = random.uniform() < 0.25
  const wait = early
    ? sleep(START_MS * random.uniform())
    : untilWorking(child).then(() => sleep(1200 * random.uniform()))
  await Promise.race([wait, finished])
  child.kill('SIGKILL')
  const { code, stderr } = await finished
  expect(stderr).not.toContain('error[')
  const killed = code === null
  return { killed, atWork: killed && !early }
}

describe(`atelier train, killed ${KILLS} times`, () => {
  it(
    'ends with the weights and metrics of an undisturbed run',
    async () => {
      const random = createRandom(SEED, 'bootstrap')
      const completed = new Set([undisturbed.record.id])
      let [kills, run]: [number, Run | undefined] = [0, undefined]
      while (kills < KILLS || run !== undefined) {
        let atWork = false
        if (kills < KILLS) {
          const end = await startAndKill(run, random)
          kills += Number(end.killed)
          atWork = end.atWork
        } else await runAtelier(project.folder, ['resume', run!.record.id])
        const newest = await newestRun()
        // killed before there was a run
        if (newest === undefined || completed.has(newest.record.id)) continue
        run = newest
        // whatever the moment was, the checkpoint is a whole file or not there yet
        await readSafetensors(run.files.lastCheckpoint).catch((error) => {
          expect(error).toMatchObject({ code: 'ENOENT' })
        })
        if (atWork) expect(['crashed', 'completed']).toContain(run.record.status)
        if (run.record.status !== 'completed') continue
        if (!atWork) await compareWithStore(run)
        expect(await resultOf(run)).toEqual(await resultOf(undisturbed))
        completed.add(run.record.id)
        run = undefined
      }
      expect(completed.size).toBeGreaterThan(1)
    },
    10 * 60_000,
  )
})
