import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../dist/core/index.js'

export const LOG_ROWS = 1_000_000
export const REFERENCE_ROWS = 60_000
const PIECE = 10_000
const START = Date.UTC(2026, 0, 1)
const CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
]

/** A log and a reference with the columns of the Python original, made once; digits as Python writes them. */
export function writeTables(folder) {
  const [log, reference] = [join(folder, 'log.csv'), join(folder, 'reference.csv')]
  const features = (random) => `${-0.43 + 0.17 * random.normal()},${0.63 + 0.12 * random.normal()}`
  const wideLine = (random, i) => {
    const time = new Date(START + 900 * i + random.integer(900)).toISOString().replace('Z', '123')
    const confidence = 1 - 0.3 * random.uniform() ** 2
    return `${time},${features(random)},${CLASSES[random.integer(CLASSES.length)]},${confidence}`
  }
  write(log, 'timestamp,avg_brightness,contrast,predicted_class,confidence', LOG_ROWS, wideLine)
  write(reference, 'avg_brightness,contrast', REFERENCE_ROWS, features)
  return { log, reference }
}

function write(path, header, rows, lineOf) {
  if (existsSync(path)) return
  const file = openSync(`${path}.part`, 'w')
  writeSync(file, `${header}\n`)
  for (let from = 0; from < rows; from += PIECE) {
    const random = createRandom(rows, 'drift', from)
    const lines = Array.from({ length: PIECE }, (_, i) => lineOf(random, from + i))
    writeSync(file, `${lines.join('\n')}\n`)
  }
  closeSync(file)
  renameSync(`${path}.part`, path)
}
