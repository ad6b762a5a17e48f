/** The thread that brings what the service logs to its store. */
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../core/index.ts'
import { storeCourier } from '../monitoring/log/journal-courier.ts'
import type { PredictionStore } from '../monitoring/log/prediction-store.ts'
import { answerCall, type CourierCall } from '../monitoring/log/thread-courier.ts'
import { deferredStore } from './deferred-store.ts'

/** Where predictions are kept. */
export type LogStorePlace = Pick<PredictionStore, 'description' | 'target'> &
  (
    | { readonly kind: 'database'; readonly url: string | undefined; readonly path: string }
    | {
        readonly kind: 'objects'
        readonly url: string
        readonly cwd: string
        readonly env: Readonly<Record<string, string | undefined>>
      }
  )

export interface LogThreadPlace {
  /** Folder of the journals. */
  readonly journals: string
  readonly store: LogStorePlace
}

/** What waits is safe, and tried again: a request that hangs must not keep the service from ending. */
const STORE_PATIENCE = { budgetMs: 20_000, attemptMs: 20_000 }

const { journals, store: place } = workerData as LogThreadPlace
const courier = storeCourier(
  deferredStore(place, () => openStore(place)),
  journals,
)
parentPort!.on('message', async (call: CourierCall) => {
  parentPort!.postMessage(await answerCall(courier, call))
})

async function openStore(place: LogStorePlace): Promise<PredictionStore> {
  if (place.kind === 'database') {
    const { openPredictionStore } = await import('../monitoring/log/open-prediction-store.ts')
    return openPredictionStore({ url: place.url, path: place.path })
  }
  const { openObjectPredictionStore } = await import(
    '../monitoring/log/objects/object-prediction-store.ts'
  )
  const { objectStoreOptionsFrom } = await import('../storage/index.ts')
  const clock = systemClock
  const options = { cwd: place.cwd, clock, retry: STORE_PATIENCE }
  return openObjectPredictionStore(place.url, { ...options, ...objectStoreOptionsFrom(place.env) })
}
