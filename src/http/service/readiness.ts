import type { ReadyAnswer } from '../../contracts/index.ts'
import type { PredictionService } from '../../serving/index.ts'

/**
 * Whether traffic should be sent here. A model that was refused beside one that serves is told of, but
 * is no reason to send nothing.
 */
export function readiness({ slot }: PredictionService, isStopping: boolean): ReadyAnswer {
  const { current, failure } = slot
  if (isStopping) return { ready: false, reason: 'The service is stopping.' }
  if (current === undefined) {
    return { ready: false, reason: failure?.reason ?? 'The model is being loaded.' }
  }
  if (current.pool.alive === 0) {
    return { ready: false, reason: 'The threads that run the model are being started again.' }
  }
  return failure === undefined ? { ready: true } : { ready: true, reason: failure.reason }
}
