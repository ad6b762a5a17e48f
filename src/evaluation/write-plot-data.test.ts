import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { exampleCurves, exampleReport } from '../../test/support/evaluation-example.ts'
import { writeEvaluationData, writeTrainingData } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atelier-plots-'))
})
afterEach(async () => rm(folder, { recursive: true }))

const linesOf = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n')

it('writes an evaluation as numbers, and every image as a row', async () => {
  const report = exampleReport(500)
  const { metrics, plots } = await writeEvaluationData(folder, report)
  const numbers = JSON.parse(await readFile(metrics, 'utf8'))
  expect(numbers).toMatchObject({ accuracy: report.accuracy.value, f1: report.macro_average.f1 })
  expect(Object.values(numbers).every((value) => typeof value === 'number')).toBe(true)
  const [confusion, reliability] = await Promise.all(plots.map(linesOf))
  expect(confusion![0]).toBe('actual,predicted')
  expect(confusion).toHaveLength(501)
  const right = confusion!.slice(1).filter((line) => line.split(',')[0] === line.split(',')[1])
  expect(right.length / 500).toBe(report.accuracy.value)
  const images = reliability!.slice(1).map((line) => Number(line.split(',')[2]))
  expect(images.reduce((sum, count) => sum + count, 0)).toBe(500)
})

it('writes a training by epochs, and the numbers of the one that was kept', async () => {
  const curves = exampleCurves(4, 10)
  const { metrics, plots } = await writeTrainingData(folder, curves)
  const best = curves.epochs.find((epoch) => epoch.best)!
  expect(JSON.parse(await readFile(metrics, 'utf8'))).toMatchObject({
    epoch: best.epoch,
    val_accuracy: best.val_accuracy,
  })
  const [header, ...rows] = await linesOf(plots[0]!)
  expect(header).toBe('epoch,train_loss,val_loss,train_accuracy,val_accuracy')
  expect(rows).toHaveLength(4)
})
