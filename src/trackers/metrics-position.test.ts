import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { METRICS_START, readNewLines } from './metrics-position.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-position-'))
  path = join(folder, 'metrics.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const step = (number: number, time = 0) =>
  `${JSON.stringify({ type: 'step', time, step: number, epoch: 1, loss: number, accuracy: 0, learning_rate: 0 })}\n`
const epoch = (number: number) =>
  `${JSON.stringify({
    ...{ type: 'epoch', time: 0, epoch: 1, step: number, train_loss: 1, train_accuracy: 0 },
    ...{ val_loss: 1, val_accuracy: 0, best: true, seconds: 1, images_per_second: 1 },
  })}\n`
const seen = (lines: readonly { type: string; step: number }[]) =>
  lines.map((line) => `${line.type} ${line.step}`)

describe('readNewLines', () => {
  it('gives nothing where there is no file yet', async () => {
    expect(await readNewLines(path, METRICS_START)).toEqual({
      lines: [],
      position: METRICS_START,
      more: false,
    })
  })

  it('gives each line once, and half a line when it is whole', async () => {
    await writeFile(path, step(1) + step(2) + step(3).slice(0, 20))
    const first = await readNewLines(path, METRICS_START)
    expect(seen(first.lines)).toEqual(['step 1', 'step 2'])
    await appendFile(path, step(3).slice(20))
    const second = await readNewLines(path, first.position)
    expect(seen(second.lines)).toEqual(['step 3'])
    expect((await readNewLines(path, second.position)).lines).toEqual([])
  })

  it('gives what a continued run writes anew only once, and the epoch that was still to come', async () => {
    await writeFile(path, step(1) + step(2) + step(3))
    const { position } = await readNewLines(path, METRICS_START)
    // continued from a checkpoint after step 1, with other times
    await truncate(path, step(1).length)
    await appendFile(path, step(2, 5) + step(3, 6) + epoch(3) + step(4, 7))
    const { lines } = await readNewLines(path, position)
    expect(seen(lines)).toEqual(['epoch 3', 'step 4'])
  })

  it('reads a large file in portions', async () => {
    const count = 6000
    await writeFile(path, Array.from({ length: count }, (_, i) => step(i + 1)).join(''))
    const all: string[] = []
    let [position, more] = [METRICS_START, true]
    while (more) {
      const news = await readNewLines(path, position)
      all.push(...seen(news.lines))
      position = news.position
      more = news.more
    }
    expect(all).toEqual(Array.from({ length: count }, (_, i) => `step ${i + 1}`))
  })
})
