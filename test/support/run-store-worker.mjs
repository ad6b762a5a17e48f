/**
 * A process that works on a store: `node run-store-worker.mjs '{"place": …, "name": "w1", "rounds": 20}'`.
 * Each round puts a run, beats, logs to it and to a run of all workers, and lists. Says what went wrong.
 */
import { openRunStore } from '../../dist/tracking/index.js'

const { place, name, rounds, entry, shared } = JSON.parse(process.argv[2])
const store = await openRunStore(place)
for (let round = 0; round < rounds; round++) {
  const id = `${name}-${round}`
  await store.put({ ...entry, record: { ...entry.record, id, tags: [name] } })
  await store.beat(id, Date.now())
  const steps = Float64Array.of(round)
  const point = { metric: name, steps, times: steps, values: steps }
  await store.addPoints(id, [point])
  await store.addPoints(shared, [point, { ...point, metric: 'all' }])
  const { entries } = await store.find({ limit: 5 })
  if (entries.length === 0) throw new Error('the own run is not in the list')
}
await store.close()
