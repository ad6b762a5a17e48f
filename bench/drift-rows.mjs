/**
 * What a model makes of images, clean and corrupted: one file of doubles per set in the bench's folder,
 * a row per image with its features, its class and its probabilities.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadBundle } from '../dist/bundle/index.js'
import { openDataset, openTestSplit } from '../dist/data/index.js'
import { describePixels, pixelFeatureNames } from '../dist/image/index.js'
import { corrupt, corruptionNames, severities } from '../dist/robustness/index.js'
import { atelier } from './atelier.mjs'

export { corruptionNames, severities }

const FEATURES = pixelFeatureNames.length

/** Trains a model where there is none, and gives a reader of sets of rows: `val`, `test`, `NAME-SEVERITY`. */
export async function openRows(work) {
  mkdirSync(work, { recursive: true })
  if (!existsSync(join(work, 'data/processed/dataset.json'))) atelier(work, 'data', 'prepare')
  const model = resolve(work, 'models/model.onnx')
  if (!existsSync(model)) atelier(work, 'train', 'recipe=fast', 'seed=1')
  const dataset = await openDataset(join(work, 'data/processed'))
  const bundle = await loadBundle(model, { threads: 2, batchSize: 256 })
  const folder = join(work, 'rows', bundle.sha256.slice(0, 12))
  mkdirSync(folder, { recursive: true })
  const { classes } = dataset.manifest
  const look = {
    run_id: null,
    weight_digest: bundle.sha256,
    command: 'bench:drift',
    now: Date.now(),
  }
  let test
  const images = async (set) => {
    if (set === 'val') return dataset.load('val')
    test ??= (await openTestSplit(dataset, look)).split
    if (set === 'test') return test
    const [, name, severity] = /^(\w+)-(\d)$/.exec(set)
    const { geometry } = dataset.manifest
    const options = { name, severity: Number(severity), seed: 1 }
    return { ...test, images: corrupt(test.images, test.size, geometry, options) }
  }
  const read = async (set) => {
    const file = join(folder, `${set}.f64`)
    if (!existsSync(file)) {
      process.stderr.write(`  ${set}\n`)
      writeFileSync(
        file,
        new Uint8Array((await describe(bundle, await images(set), dataset)).buffer),
      )
    }
    const bytes = readFileSync(file)
    return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8)
  }
  const width = FEATURES + 1 + classes.length
  return {
    read: async (set) => {
      const values = await read(set)
      return { size: values.length / width, take: (places) => take(values, places, classes) }
    },
    close: () => bundle.close(),
  }
}

async function describe(bundle, { images, size }, { manifest: { geometry, classes } }) {
  const { probabilities } = await bundle.predict(images, size)
  const pixels = images.length / size
  const width = FEATURES + 1 + classes.length
  const rows = new Float64Array(size * width)
  for (let row = 0; row < size; row++) {
    const features = describePixels(images.subarray(row * pixels, (row + 1) * pixels), geometry)
    const answer = probabilities.subarray(row * classes.length, (row + 1) * classes.length)
    const start = row * width
    for (const [at, name] of pixelFeatureNames.entries()) rows[start + at] = features[name]
    rows[start + FEATURES] = answer.indexOf(answer.reduce((a, b) => Math.max(a, b)))
    rows.set(answer, start + FEATURES + 1)
  }
  return rows
}

/** Rows at these places, as the judge takes them. */
function take(values, places, classes) {
  const count = places.length
  const width = FEATURES + 1 + classes.length
  const column = (at) => Float64Array.from(places, (row) => values[row * width + at])
  const probabilities = new Float64Array(count * classes.length)
  for (let row = 0; row < count; row++) {
    const start = places[row] * width + FEATURES + 1
    probabilities.set(values.subarray(start, start + classes.length), row * classes.length)
  }
  const predicted = Int32Array.from(column(FEATURES))
  return {
    count,
    features: Object.fromEntries(pixelFeatureNames.map((name, at) => [name, column(at)])),
    confidences: Float64Array.from(predicted, (k, row) => probabilities[row * classes.length + k]),
    predicted,
    probabilities,
    classes,
  }
}
