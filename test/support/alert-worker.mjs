// Records bad checks and sends the alert to a receiver that never answers; the test kills it meanwhile.
import { sendMail, sendRequest } from '../../dist/delivery/index.js'
import { openAlertStore } from '../../dist/monitoring/index.js'

const { path, config, check, env } = JSON.parse(process.argv[2])
const store = await openAlertStore({ path })
const judged = new Map([['quiet', { state: 'bad', value: 9, message: 'no prediction' }]])
for (const at of [0, 1]) await store.record({ check, judged }, config, Date.now() + at)
const clock = { now: () => Date.now() + 10, monotonic: () => performance.now() }
const random = { uniform: () => 0 }
const senders = { env, sendRequest, sendMail, clock, random, timeoutMs: 60_000, attempts: 1 }
await store.deliver(config, senders)
