import { type Patience, withRetries } from './retry.ts'
import { startWatch, type Watch, watched } from './watch.ts'

export interface Remote {
  readonly url: string
  readonly patience: Patience
}

/**
 * One request and all of its answer, within its deadline and with repetitions. `explain` makes of what
 * a library threw a TransientFault or an AtelierError; `sends` is the size of the request's body.
 */
export async function callRemote<T>(
  { url, patience }: Remote,
  signal: AbortSignal | undefined,
  work: (watch: Watch, attempt: number) => Promise<T>,
  { explain = (error) => error, sends = 0 }: CallOptions = {},
): Promise<T> {
  return withRetries(patience, url, signal, async (attempt) => {
    const { attemptMs, slowestBytesPerMs } = patience.policy
    const watch = startWatch(signal, attemptMs + sends / slowestBytesPerMs)
    try {
      return await watched(watch, work(watch, attempt))
    } catch (error) {
      // the end of the work is no failure of the other side
      throw error === signal?.reason ? error : explain(error)
    } finally {
      watch.stop()
    }
  })
}

interface CallOptions {
  readonly explain?: (error: unknown) => unknown
  readonly sends?: number
}
