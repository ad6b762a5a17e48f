import type { Clock } from '../core/index.ts'
import type { IndexFeed } from './index-feed.ts'
import type { RunLock } from './run-lock.ts'
import { systemMeter } from './system-meter.ts'

const TICK_MS = 1000
const BEAT_MS = 5000

export interface PulseOptions {
  readonly lock: RunLock
  readonly feed: IndexFeed | undefined
  readonly clock: Clock
  /** Seconds between measurements; null: none. */
  readonly systemSeconds: number | null
  readonly onSystem: (values: Readonly<Record<string, number>>) => void
  readonly onTick?: () => void
}

export interface Pulse {
  /** Measures the system a last time, if it is measured, and ends it all. */
  stop(): void
}

/** What a run at work does by the clock. No timer keeps a finished process from ending. */
export function startPulse(options: PulseOptions): Pulse {
  const { lock, feed, clock, systemSeconds, onSystem, onTick } = options
  const beat = () => {
    const now = clock.now()
    feed?.beat(now)
    // a lock that was taken away by hand is not made again
    lock.beat(now).catch(() => {})
  }
  const measure = systemMeter(clock)
  const timers = [
    every(BEAT_MS, beat),
    every(TICK_MS, () => {
      onTick?.()
      feed?.tick()
    }),
    ...(systemSeconds === null ? [] : [every(1000 * systemSeconds, () => onSystem(measure()))]),
  ]
  beat()
  feed?.tick()
  let stopped = false
  return {
    stop: () => {
      if (stopped) return
      stopped = true
      for (const timer of timers) clearInterval(timer)
      if (systemSeconds !== null) onSystem(measure())
    },
  }
}

function every(milliseconds: number, work: () => void): NodeJS.Timeout {
  return setInterval(work, milliseconds).unref()
}
