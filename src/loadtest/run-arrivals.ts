import type { Clock } from '../core/index.ts'
import type { LatencyHistogram } from './latency-histogram.ts'
import type { LoadConnection } from './load-connection.ts'
import type { OpenLoop } from './load-plan.ts'
import type { LoadSession } from './load-session.ts'

interface ArrivalDeps {
  readonly clock: Clock
  /** Seconds of the load. */
  readonly duration: number
  /** Takes by how much each request began later than due. */
  readonly lateness: LatencyHistogram
}

type Begun = NonNullable<ReturnType<LoadSession['begin']>>

/**
 * Requests at a constant rate. Those that find all connections taken wait in line, first come first
 * served, and their time in line counts. `finish` begins all that is due until the end of the load;
 * `checkQueue` gives up what waited too long.
 */
export function runArrivals(
  session: LoadSession,
  { rate, connections }: OpenLoop,
  { clock, duration, lateness }: ArrivalDeps,
): { readonly finish: () => void; readonly checkQueue: () => void } {
  const total = Math.max(1, Math.round(rate * duration))
  const idle: LoadConnection[] = []
  const queue = createQueue<Begun>()
  let arrived = 0

  const dueTime = (index: number) => session.started + (1000 * index) / rate
  const send = (connection: LoadConnection, begun: Begun) =>
    session.send(connection, begun, () => {
      let next = queue.shift()
      while (next !== undefined && session.expired(next)) next = queue.shift()
      if (next === undefined) idle.push(connection)
      else send(connection, next)
    })
  const arrive = (now: number) => {
    const due = dueTime(arrived)
    arrived++
    const begun = session.begin(due)
    if (begun === undefined) return
    lateness.add(Math.max(0, now - due))
    const free = idle.pop() ?? (session.connections < connections ? session.connect() : undefined)
    if (free === undefined) queue.push(begun)
    else send(free, begun)
  }
  const tick = () => {
    const now = clock.monotonic()
    while (arrived < total && dueTime(arrived) <= now) arrive(now)
    if (arrived < total && session.ended === undefined) {
      session.later(dueTime(arrived) - clock.monotonic(), tick)
    }
  }
  tick()
  return {
    finish: () => {
      const now = clock.monotonic()
      while (arrived < total) arrive(now)
    },
    checkQueue: () => {
      for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
        if (!session.expired(next)) return
        queue.shift()
      }
    },
  }
}

/** First in, first out, without moving what waits. */
function createQueue<T>() {
  let items: T[] = []
  let head = 0
  return {
    push: (item: T) => items.push(item),
    peek: () => items[head],
    shift: (): T | undefined => {
      const item = items[head]
      if (item === undefined) return undefined
      head++
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
  }
}
