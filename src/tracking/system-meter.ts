import { availableParallelism } from 'node:os'
import type { Clock } from '../core/index.ts'

/** A function that says what this process used since it was last called. */
export function systemMeter(clock: Clock): () => Readonly<Record<string, number>> {
  const cores = availableParallelism()
  let used = process.cpuUsage()
  let time = clock.monotonic()
  return () => {
    const { user, system } = process.cpuUsage(used)
    const now = clock.monotonic()
    // microseconds of all threads, of the milliseconds that each core had
    const share = (user + system) / 1000 / (Math.max(1, now - time) * cores)
    used = process.cpuUsage()
    time = now
    return {
      /** Percent of all cores. */
      'system.cpu': Math.min(100, 100 * share),
      /** Bytes in physical memory. */
      'system.memory': process.memoryUsage.rss(),
    }
  }
}
