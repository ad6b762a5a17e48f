import { type Clock, createRandom } from '../core/index.ts'
import { createLatencyHistogram } from './latency-histogram.ts'
import type { LoadPlan } from './load-plan.ts'
import { createLoadRecorder } from './load-recorder.ts'
import { type LoadPoint, type LoadResult, summarizeLatency } from './load-result.ts'
import { type CheckedAnswer, LoadSession } from './load-session.ts'
import { reachTarget } from './reach-target.ts'
import { runArrivals } from './run-arrivals.ts'
import { runUsers } from './run-users.ts'

export interface LoadDeps {
  readonly clock: Clock
  /** Ends the load early; what is on its way is given up, and there is a result all the same. */
  readonly signal?: AbortSignal | undefined
  /** Called every second. */
  readonly onPoint?: ((point: LoadPoint) => void) | undefined
  /** Called for every answer. Bodies are kept for it, which costs some speed. */
  readonly onAnswer?: ((answer: CheckedAnswer) => void) | undefined
}

const POINT_MS = 1000
/** How late a timeout may be noticed, at most. */
const CHECK_MS = 50

/**
 * Asks a service as the plan says, and counts. The load ends by itself, after `duration` and at most
 * twice `timeout` more. Failures are counted, never thrown; a service that cannot be reached at the start
 * is `LOAD_UNREACHABLE`.
 */
export async function runLoad(plan: LoadPlan, deps: LoadDeps): Promise<LoadResult> {
  const address = await reachTarget(plan)
  const { clock } = deps
  const recorder = createLoadRecorder(plan.routes)
  const random = createRandom(plan.seed, 'load')
  const lateness = createLatencyHistogram()
  const startedAt = clock.now()
  const cpu = process.cpuUsage()
  const session = new LoadSession({
    plan,
    address,
    clock,
    random,
    recorder,
    onAnswer: deps.onAnswer,
  })
  const settled = session.whenSettled()
  const loop = startLoop(plan, session, { clock, random, lateness })
  const cut = () => recorder.cut((clock.monotonic() - session.started) / 1000, loop.users())
  const release = watch(plan, deps, session, loop, cut)
  try {
    await settled
  } finally {
    release()
    session.close()
  }
  if (recorder.uncut() || recorder.history.length === 0) cut()
  const used = process.cpuUsage(cpu)
  const seconds = (session.stopped - session.started) / 1000
  const { routes, total } = recorder.results(seconds)
  const cpuSeconds = (used.user + used.system) / 1e6
  return {
    url: plan.url.href,
    started: startedAt,
    seconds,
    ended: session.ended ?? 'duration',
    total,
    routes,
    failures: recorder.failures(),
    unfinished: session.unfinished,
    history: recorder.history,
    client: {
      cpu_seconds: cpuSeconds,
      cpu_microseconds_per_request: (1e6 * cpuSeconds) / Math.max(1, total.requests),
      lateness: plan.pace.kind === 'open' ? summarizeLatency(lateness) : null,
    },
  }
}

interface Loop {
  readonly users: () => number
  /** Begins what is due until the end. */
  readonly finish: () => void
  readonly checkQueue: () => void
}

function startLoop(
  { pace, duration }: LoadPlan,
  session: LoadSession,
  deps: Omit<Parameters<typeof runArrivals>[2], 'duration'> & Parameters<typeof runUsers>[2],
): Loop {
  if (pace.kind === 'closed') {
    return { users: runUsers(session, pace, deps), finish: () => {}, checkQueue: () => {} }
  }
  return {
    users: () => session.connections,
    ...runArrivals(session, pace, { ...deps, duration }),
  }
}

/** The clocks of a load: its end, its deadlines, its history, and the signal. Gives what stops them. */
function watch(
  plan: LoadPlan,
  { signal, onPoint }: LoadDeps,
  session: LoadSession,
  loop: Loop,
  cut: () => LoadPoint,
): () => void {
  const interrupt = () => session.stop('signal')
  const timers = [
    setTimeout(() => {
      loop.finish()
      session.stop('duration')
    }, 1000 * plan.duration),
    setInterval(() => {
      session.checkDeadlines()
      loop.checkQueue()
    }, CHECK_MS),
    setInterval(() => {
      const point = cut()
      onPoint?.(point)
    }, POINT_MS),
  ]
  signal?.addEventListener('abort', interrupt, { once: true })
  if (signal?.aborted === true) interrupt()
  return () => {
    for (const timer of timers) clearTimeout(timer)
    signal?.removeEventListener('abort', interrupt)
  }
}
