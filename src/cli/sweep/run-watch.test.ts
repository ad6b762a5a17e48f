import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTestRun, stepLine } from '../../../test/support/run-example.ts'
import { findTrialRuns, resultOf, watchRun } from './run-watch.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'atelier-watch-'))
})
afterEach(() => rm(root, { recursive: true }))

const PLACE = { id: 'sweep', trial: 3, repeat: 1 }
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${JSON.stringify(stepLine(from + i))}\n`)
const losses = (to: number) => Array.from({ length: to }, (_, i) => 1 / (i + 1))

describe('watchRun', () => {
  it('finds the run of the trial and reads what is appended, whole lines only', async () => {
    const watch = watchRun(root, PLACE, Date.now(), 'batch.loss')
    expect(await watch.poll()).toBeUndefined()
    await newTestRun(root, { sweep: { ...PLACE, repeat: 0 } })
    await newTestRun(root)
    expect(await watch.poll()).toBeUndefined()
    const run = await newTestRun(root, { sweep: PLACE })
    expect(await watch.poll()).toMatchObject({ history: [], step: 0 })
    const [first, second, third] = lines(1, 3)
    await writeFile(run.files.metrics, `${first}${second}${third!.slice(0, 9)}`)
    expect(await watch.poll()).toMatchObject({ history: losses(2), step: 2 })
    await appendFile(run.files.metrics, third!.slice(9))
    expect(await watch.poll()).toMatchObject({
      history: losses(3),
      step: 3,
      run: { record: run.record },
    })
  })

  it('begins anew when the run continues from an earlier checkpoint', async () => {
    const run = await newTestRun(root, { sweep: PLACE })
    const watch = watchRun(root, PLACE, 0, 'batch.loss', run)
    await writeFile(run.files.metrics, lines(1, 9).join(''))
    expect((await watch.poll())?.history).toHaveLength(9)
    const [one, two] = lines(1, 2)
    await truncate(run.files.metrics, one!.length + two!.length)
    expect(await watch.poll()).toMatchObject({ history: losses(2), step: 2 })
    // cut and grown past the old place between two looks
    const grown = [
      ...lines(1, 2),
      `${JSON.stringify({ ...stepLine(3), time: 123_456_789 })}\n`,
      ...lines(4, 12),
    ]
    await writeFile(run.files.metrics, grown.join(''))
    await watch.poll()
    expect(await watch.poll()).toMatchObject({ history: losses(12), step: 12 })
  })
})

describe('findTrialRuns', () => {
  it('leaves out what was made before, and gives the oldest first', async () => {
    const clockAt = (now: number) => ({ now: () => now, monotonic: () => 0 })
    const now = Date.parse('2026-11-23T10:00:00Z')
    const made = []
    for (const minutes of [-90, 5, 1]) {
      const clock = clockAt(now + minutes * 60_000)
      made.push((await newTestRun(root, { sweep: PLACE, clock })).record.id)
    }
    const found = await findTrialRuns(root, PLACE, now)
    expect(found.map(({ record }) => record.id)).toEqual([made[2], made[1]])
    expect(await findTrialRuns(join(root, 'nowhere'), PLACE, now)).toEqual([])
  })
})

describe('resultOf', () => {
  it('is the best epoch of a training, else the last value logged', async () => {
    const run = await newTestRun(root)
    const epoch = {
      type: 'epoch',
      time: 1,
      step: 1,
      train_loss: 1,
      train_accuracy: 0.1,
      best: false,
    }
    const judged = [0.5, 0.7, 0.6].map((val_accuracy, i) =>
      JSON.stringify({
        ...{ ...epoch, epoch: i + 1, val_accuracy, val_loss: 1 - i / 10 },
        ...{ seconds: 1, images_per_second: 1 },
      }),
    )
    await writeFile(run.files.metrics, `${judged.join('\n')}\n`)
    const history = [1, 0.9, 0.8]
    expect(await resultOf(run, 'val.loss')).toEqual({ metric: 0.8, history })
    const best = { epoch: 2, val_loss: 0.9, val_accuracy: 0.7 }
    const chosen = { ...run, record: { ...run.record, best } }
    expect(await resultOf(chosen, 'val.loss')).toEqual({ metric: 0.9, history })
    expect(await resultOf(chosen, 'no.such')).toEqual({ metric: null, history: [] })
  })
})
