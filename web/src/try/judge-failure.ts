import { ApiError } from '../shared/request.ts'
import type { UploadPast, Verdict } from './upload-queue.ts'

/** Longer waits are for a person to decide on. */
const LONGEST_WAIT = 60

/** What is to become of a picture that was not classified. */
export function judgeFailure(error: unknown, past: UploadPast): Verdict {
  if (!(error instanceof ApiError)) return { kind: 'fail' }
  const { status, retryAfter = Number.POSITIVE_INFINITY } = error
  if (status === 401) return { kind: 'hold', reason: 'token' }
  // the second time the service answered others meanwhile: it is this picture
  if (status === 0)
    return past.held === 'offline' ? { kind: 'fail' } : { kind: 'hold', reason: 'offline' }
  const asksToWait = (status === 429 || status === 503) && retryAfter <= LONGEST_WAIT
  return asksToWait && !past.waited
    ? { kind: 'wait', ms: 1000 * Math.max(retryAfter, 0.5) }
    : { kind: 'fail' }
}
