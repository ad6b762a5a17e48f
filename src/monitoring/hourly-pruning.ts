import type { Clock } from '../core/index.ts'

const HOUR_MS = 3_600_000

/** What forgets all that is older than the retention, once an hour however often it is called; null: nothing. */
export function hourlyPruning(
  store: { prune(before: number): Promise<unknown> },
  retentionMs: number | null,
  clock: Clock,
): () => Promise<void> {
  let pruned = Number.NEGATIVE_INFINITY
  return async () => {
    const now = clock.now()
    if (retentionMs === null || now - pruned < HOUR_MS) return
    pruned = now
    await store.prune(now - retentionMs)
  }
}
