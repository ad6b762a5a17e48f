/** One process on a shared store: as a training writes, or as a browser reads, for some seconds. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openRunStore, parseFilter } from '../../dist/tracking/index.js'
import { exampleEntry } from '../scale-example.mjs'

const { place, kind, seconds, name } = JSON.parse(process.argv[2])
const counts = { writes: 0, reads: 0, errors: 0, slowest: 0 }
const store = await openRunStore(place)
const end = performance.now() + seconds * 1000
for (let round = 0; performance.now() < end; round++) {
  await (kind === 'write' ? write(round) : read())
  await sleep(Math.random() * 10)
}
await store.close()
process.stdout.write(JSON.stringify(counts))

async function write(round) {
  const id = `${name}-${Math.floor(round / 20)}`
  const steps = Float64Array.from({ length: 50 }, (_, index) => round * 50 + index)
  const points = ['loss', 'accuracy'].map((metric) => ({
    metric,
    steps,
    times: steps,
    values: steps.map(Math.sin),
  }))
  await attempt('writes', () => store.put(exampleEntry(round, id)))
  await attempt('writes', () => store.addPoints(id, points))
  await attempt('writes', () => store.beat(id, Date.now()))
}

async function read() {
  const filter = parseFilter('val.acc > 0.5 and model.type = "cnn"')
  const sort = { key: 'val.loss', descending: false }
  const page = await attempt('reads', () => store.find({ filter, sort, limit: 50 }))
  const id = page?.entries[0]?.record.id
  if (id !== undefined) await attempt('reads', () => store.series(id, { buckets: 200 }))
  await attempt('reads', () => store.keys())
}

async function attempt(what, work) {
  const began = performance.now()
  try {
    return await work()
  } catch (error) {
    counts.errors++
    process.stderr.write(`${name}: ${error.message}\n`)
    return undefined
  } finally {
    counts[what]++
    counts.slowest = Math.max(counts.slowest, performance.now() - began)
  }
}
