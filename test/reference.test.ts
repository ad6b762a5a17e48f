/** The reference rows of a run: what training writes, and what monitoring reads. */
import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBundle } from '../src/bundle/index.ts'
import type { ReferenceRows } from '../src/contracts/index.ts'
import type { Split } from '../src/data/index.ts'
import { describePixels, pixelFeatureNames } from '../src/image/index.ts'
import { readReference } from '../src/monitoring/index.ts'
import { type Run, writeArtifacts } from '../src/tracking/index.ts'
import { createProject, type Project } from './support/training-project.ts'

let project: Project
let run: Run
let val: Split
let rows: ReferenceRows
beforeAll(async () => {
  project = await createProject()
  const config = await project.config(
    'hyperparameters.epochs=1',
    'regularization.label_smoothing=0.2',
  )
  run = (await project.train(config)).run
  val = await (await project.dataset(config)).load('val')
  rows = (await readReference(run.files.reference))!
}, 60_000)
afterAll(() => project.remove())

describe('reference.safetensors', () => {
  it('has what the exported model answers on every validation image', async () => {
    const bundle = await loadBundle(run.files.model, { threads: 1, batchSize: 16 })
    const { probabilities } = await bundle.predict(val.images, val.size)
    await bundle.close()
    expect(rows.count).toBe(val.size)
    expect(rows.probabilities).toBeAllClose(probabilities, { absolute: 1e-6 })
    expect(bundle.manifest.temperature).not.toBe(1)
    const classes = rows.header.classes.length
    for (let row = 0; row < rows.count; row++) {
      const answer = probabilities.subarray(row * classes, (row + 1) * classes)
      expect(rows.predicted[row]).toBe(answer.indexOf(Math.max(...answer)))
      expect(rows.confidence[row]).toBeCloseTo(Math.max(...answer), 6)
    }
    expect(rows.labels).toEqual(val.labels)
    expect(rows.header).toMatchObject({
      run_id: run.record.id,
      weight_digest: bundle.manifest.weight_digest,
      dataset: bundle.manifest.dataset,
      features: [...pixelFeatureNames],
    })
  })

  it('has the features of the pixels that the model saw', () => {
    const geometry = { height: 28, width: 28, channels: 1 } as const
    const last = describePixels(val.images.subarray((val.size - 1) * 784), geometry)
    for (const name of pixelFeatureNames) expect(rows.features[name]!.at(-1)).toBe(last[name])
  })

  it('is not there for runs that never wrote it, and refuses other files', async () => {
    expect(await readReference(join(project.folder, 'none.safetensors'))).toBeUndefined()
    await expect(readReference(run.files.weights)).rejects.toMatchObject({
      code: 'TENSOR_FILE',
      message: expect.stringContaining('weights.safetensors is not the reference of a model'),
    })
    const cut = join(project.folder, 'cut.safetensors')
    await copyFile(run.files.model, cut)
    await expect(readReference(cut)).rejects.toMatchObject({ code: 'TENSOR_FILE' })
  })
})

describe('reference_features.csv', () => {
  it('has the same rows, the original columns first', async () => {
    const [header, ...lines] = (await readFile(run.files.referenceCsv, 'utf8')).trim().split('\n')
    const columns = header!.split(',')
    expect(columns.slice(0, 2)).toEqual(['avg_brightness', 'contrast'])
    expect(columns.slice(8, 11)).toEqual(['predicted_class', 'confidence', 'true_class'])
    expect(columns.slice(11)).toEqual(rows.header.classes.map((name) => `probability ${name}`))
    expect(lines).toHaveLength(rows.count)
    const cells = lines[7]!.split(',')
    expect(Number(cells[0])).toBeCloseTo(rows.features['avg_brightness']![7]!, 5)
    expect(cells[8]).toBe(rows.header.classes[rows.predicted[7]!])
    expect(Number(cells[9])).toBeCloseTo(rows.confidence[7]!, 5)
  })
})

describe('artifacts of the run', () => {
  it('name both files', async () => {
    const paths = (await writeArtifacts(run)).map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining(['reference.safetensors', 'reference_features.csv']),
    )
  })
})
