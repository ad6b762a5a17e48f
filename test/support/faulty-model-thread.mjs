/**
 * A model thread that fails by request: the first pixel of any picture of a batch says how. Built on
 * the compiled thread, so that all but the fault is real.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { pixelFeatureValues } from '../../dist/image/pixel-features.js'
import { openSession } from '../../dist/runtime/session.js'
import { runModelThread } from '../../dist/serving/run-model-thread.js'

const FAULTS = {
  201: () => {
    throw new Error('broken by request')
  },
  202: () => {
    for (;;);
  },
  203: () => {
    const hoard = []
    for (;;) hoard.push(new Array(1e6).fill(Math.random()))
  },
  204: () => process.exit(3),
  205: () => new Promise((done) => setTimeout(done, 150)),
}

let ready = false
await runModelThread(
  workerData,
  (message) => {
    ready ||= message.kind === 'ready'
    parentPort.postMessage(message)
  },
  async (model) => {
    const session = await openSession(model, { threads: 1 })
    return {
      ...session,
      run: async (feeds, into) => {
        const { data, shape } = Object.values(feeds)[0]
        const size = data.length / shape[0]
        for (let at = 0; ready && at < data.length; at += size) await FAULTS[data[at]]?.()
        return session.run(feeds, into)
      },
    }
  },
  pixelFeatureValues,
)
