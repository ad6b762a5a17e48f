import { setMaxListeners } from 'node:events'

/**
 * Does `work` for every item, at most `limit` at a time. The first failure, or the signal, starts no
 * further item and fires the signal that `work` gets; it is thrown when those that had begun have ended.
 */
export async function forEachConcurrent<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const stop = new AbortController()
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  // each item listens to it, and more than ten at once are no leak
  setMaxListeners(0, either)
  const fail = (error: unknown) => stop.abort(error)
  try {
    for await (const item of items) {
      while (running.size >= limit && !either.aborted) await Promise.race(running)
      if (either.aborted) break
      const done: Promise<void> = work(item, either)
        .catch(fail)
        .finally(() => running.delete(done))
      running.add(done)
    }
  } catch (error) {
    fail(error)
  }
  await Promise.all(running)
  either.throwIfAborted()
}
