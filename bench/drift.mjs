/**
 * How often a window of predictions is called drifted, when it is (15 corruptions, 5 severities) and
 * when it is not, by size: our verdict, Evidently's default decision, and the softmax outputs alone.
 *
 *     npm run bench:drift               (about 40 minutes on 2 cores; the rows are kept for the next time)
 *     npm run bench:drift -- 20 100     these window sizes only
 *
 * Wants Fashion-MNIST (FASHION_MNIST_DIR or data/raw). Reference: what a model says of the validation
 * split; windows: images of the test split, which neither training nor the reference has seen. Writes
 * drift-results.json and two figures to .bench/drift.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createRandom } from '../dist/core/index.js'
import { renderVegaLite } from '../dist/figures/index.js'
import { detectionFigure, ratesFigure } from './drift-figures.mjs'
import { createRivals } from './drift-rivals.mjs'
import { corruptionNames, openRows, severities } from './drift-rows.mjs'

const work = resolve(import.meta.dirname, '../.bench/drift')
const ALPHA = 0.05
const wanted = process.argv.slice(2).map(Number)
const sizes = wanted.length > 0 ? wanted : [20, 50, 100, 200, 500, 1000, 2000, 5000]
const CLEAN_WINDOWS = 1000
const windowsOf = (size) => (size <= 200 ? 40 : size <= 1000 ? 20 : 5)

mkdirSync(work, { recursive: true })
const rows = await openRows(work)
const all = ({ size, take }) => take(Int32Array.from({ length: size }, (_, i) => i))
const rivals = createRivals(all(await rows.read('val')))
const names = Object.keys(rivals)

/** The same windows for every decider: `count` draws without replacement. */
function windowsFrom(set, size, count, seed) {
  const order = Int32Array.from({ length: set.size }, (_, i) => i)
  return Array.from({ length: count }, (_, step) => {
    const random = createRandom(seed, 'drift', step)
    for (let i = 0; i < size; i++) {
      const j = i + random.integer(order.length - i)
      ;[order[i], order[j]] = [order[j], order[i]]
    }
    return order.slice(0, size)
  })
}

const decideAll = (set, windows, name) =>
  windows.map((places) => rivals[name].decide(set.take(places)))
const share = (list, holds) => list.filter(holds).length / list.length

const clean = []
const limits = {}
const test = await rows.read('test')
for (const size of sizes) {
  process.stderr.write(`clean windows of ${size}\n`)
  const windows = windowsFrom(test, size, CLEAN_WINDOWS, size)
  for (const name of names) {
    const decisions = decideAll(test, windows, name)
    const scores = decisions.map(({ score }) => score).sort((a, b) => b - a)
    limits[`${name} ${size}`] = scores[Math.floor(ALPHA * scores.length)]
    clean.push({ method: name, size, rate: share(decisions, ({ alarm }) => alarm) })
  }
}

const found = []
for (const corruption of corruptionNames) {
  for (const severity of severities) {
    const set = await rows.read(`${corruption}-${severity}`)
    process.stderr.write(`${corruption} ${severity}\n`)
    for (const size of sizes) {
      const windows = windowsFrom(set, size, windowsOf(size), 1000 + size)
      for (const name of names) {
        const decisions = decideAll(set, windows, name)
        const limit = limits[`${name} ${size}`]
        found.push({
          method: name,
          corruption,
          severity,
          size,
          rate: share(decisions, ({ alarm }) => alarm),
          equal: share(decisions, ({ score }) => score > limit),
        })
      }
    }
  }
}
await rows.close()

const titles = Object.fromEntries(names.map((name) => [name, rivals[name].title]))
writeFileSync(
  join(work, 'drift-results.json'),
  `${JSON.stringify({ measured: new Date().toISOString(), titles, clean, found })}\n`,
)
const figures = { rates: ratesFigure, detection: detectionFigure }
for (const [name, figure] of Object.entries(figures)) {
  const { png } = await renderVegaLite(figure({ titles, clean, found }))
  writeFileSync(join(work, `drift-${name}.png`), png)
}
printResults()

function printResults() {
  const percent = (value) => `${(100 * value).toFixed(1)}%`.padStart(7)
  const line = (label, cells) => process.stdout.write(`${label.padEnd(44)}${cells.join('')}\n`)
  line(
    'window size',
    sizes.map((size) => String(size).padStart(7)),
  )
  for (const name of names) {
    const cells = sizes.map((size) =>
      percent(clean.find((c) => c.method === name && c.size === size).rate),
    )
    line(`false alarms, ${titles[name]}`, cells)
  }
  for (const severity of severities) {
    for (const key of ['rate', 'equal']) {
      for (const name of names) {
        const cells = sizes.map((size) => percent(meanOf(name, severity, size, key)))
        const how = key === 'rate' ? 'as it decides' : 'at 5 % false alarms'
        line(`severity ${severity}, ${how}, ${titles[name]}`, cells)
      }
    }
  }
  const missed = sizes.filter(
    (size) => clean.find((c) => c.method === 'ours' && c.size === size).rate > ALPHA,
  )
  const detection = sizes.includes(100) ? meanOf('ours', 3, 100, 'rate') : 1
  const reached = missed.length === 0 && detection >= 0.95
  line(`\nfalse alarms <= 5 % at every size, severity 3 at 100 rows >= 95 %`, [
    reached ? '  ok' : '  MISSED',
  ])
  process.exitCode = reached ? 0 : 1
}

function meanOf(method, severity, size, key) {
  const cells = found.filter(
    (cell) => cell.method === method && cell.severity === severity && cell.size === size,
  )
  return cells.reduce((sum, cell) => sum + cell[key], 0) / cells.length
}
