/**
 * A process that logs predictions until it is killed: `node prediction-log-worker.mjs '{"path": …,
 * "journals": …, "record": …}'`, to a database at `path` or to objects at `url`. Prints the id of each
 * one after it was recorded.
 */
import { systemClock, timeOrderedId } from '../../dist/core/index.js'
import { storeCourier } from '../../dist/monitoring/log/journal-courier.js'
import { openJournaledSink } from '../../dist/monitoring/log/journaled-sink.js'
import { openObjectPredictionStore } from '../../dist/monitoring/log/objects/object-prediction-store.js'
import { openPredictionStore } from '../../dist/monitoring/log/open-prediction-store.js'

const { path, url, options, journals, record } = JSON.parse(process.argv[2])
const store =
  url === undefined
    ? await openPredictionStore({ path })
    : await openObjectPredictionStore(url, { clock: systemClock, ...options })
const sink = await openJournaledSink({
  courier: storeCourier(store, journals),
  journals,
  maxBytes: 2 ** 24,
  flushMs: 5,
  retentionMs: null,
  clock: systemClock,
  logger: { info() {}, warn() {} },
})
for (;;) {
  const time = Date.now()
  const id = timeOrderedId(time)
  sink.record([{ ...record, id, time }])
  process.stdout.write(`${id}\n`)
  await new Promise((go) => setTimeout(go, 1))
}
