/** A thread that runs one model for the inference service. Loads little but the runtime: it starts often. */
import { parentPort, workerData } from 'node:worker_threads'
import { pixelFeatureValues } from '../image/pixel-features.ts'
import { openSession } from '../runtime/session.ts'
import { type ModelThreadData, runModelThread } from '../serving/run-model-thread.ts'

await runModelThread(
  workerData as ModelThreadData,
  (message) => parentPort!.postMessage(message),
  (model) => openSession(model, { threads: 1 }),
  pixelFeatureValues,
)
