/**
 * A process that logs predictions until it is killed: `node prediction-log-worker.mjs '{"path": …,
 * "journals": …, "record": …}'`. Prints the id of each one after it was recorded.
 */
import { systemClock, timeOrderedId } from '../../dist/core/index.js'
import { openDatabaseSink } from '../../dist/monitoring/log/database-sink.js'
import { openPredictionStore } from '../../dist/monitoring/log/open-prediction-store.js'

const { path, journals, record } = JSON.parse(process.argv[2])
const sink = await openDatabaseSink({
  store: await openPredictionStore({ path }),
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
