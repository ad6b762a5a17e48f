/** A thread of a courier whose calls end in every way: well, by an error, by the end of the thread. */
import { parentPort, workerData } from 'node:worker_threads'
import { AtelierError } from '../../dist/core/index.js'
import { answerCall } from '../../dist/monitoring/log/thread-courier.js'

let adopted = 0
const courier = {
  adopt: async (now) => {
    adopted += now
  },
  addLabels: async () => {
    throw new AtelierError('STORE_UNAVAILABLE', `adopted ${adopted}`, { hint: workerData.hint })
  },
  prune: async () => process.exit(3),
  close: async () => {},
}
parentPort.on('message', async (call) => parentPort.postMessage(await answerCall(courier, call)))
