/**
 * Does `work` for every item, at most `limit` at a time. The first failure, or the signal, starts no
 * further item; it is thrown when those that had begun have ended.
 */
export async function forEachConcurrent<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const failures: unknown[] = []
  const start = (item: T) => {
    const done: Promise<void> = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(done))
    running.add(done)
  }
  try {
    for await (const item of items) {
      while (running.size >= limit && failures.length === 0) await Promise.race(running)
      if (failures.length > 0 || signal?.aborted) break
      start(item)
    }
  } catch (error) {
    failures.push(error)
  }
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
  signal?.throwIfAborted()
}
