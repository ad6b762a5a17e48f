import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../../core/index.ts'
import type { MetricRegistry } from './metrics.ts'

/** What Prometheus' own clients tell of a process, under their names. */
export function addProcessMetrics(metrics: MetricRegistry, clock: Clock): void {
  const started = clock.now() / 1000 - process.uptime()
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  metrics.kept('process_cpu_seconds_total', 'CPU time used.', () => {
    const { user, system } = process.cpuUsage()
    return [{ value: (user + system) / 1e6 }]
  })
  metrics.gauge('process_start_time_seconds', 'Start of the process since 1970.', () => [
    { value: started },
  ])
  metrics.gauge('process_resident_memory_bytes', 'Memory of the process.', () => [
    { value: process.memoryUsage.rss() },
  ])
  metrics.gauge('process_open_fds', 'Open file descriptors.', openFiles)
  metrics.gauge('nodejs_heap_size_used_bytes', 'Used heap of the main thread.', () => [
    { value: process.memoryUsage().heapUsed },
  ])
  metrics.gauge(
    'nodejs_eventloop_lag_p99_seconds',
    'How late the event loop was, 99th percentile since the last look.',
    () => {
      const value = delay.percentile(99) / 1e9
      delay.reset()
      return [{ value }]
    },
  )
}

/** Only Linux tells. */
function openFiles() {
  try {
    return [{ value: readdirSync('/proc/self/fd').length }]
  } catch {
    return []
  }
}
