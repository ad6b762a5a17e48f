import { setTimeout as sleep } from 'node:timers/promises'
import type { TrialReporter } from '../../sweeps/index.ts'
import type { RunView, RunWatch } from './run-watch.ts'

const POLL_MS = 250

/** Reports what a run logs until its process has ended; gives what it had logged then. */
export async function followUntil<T>(
  ended: Promise<T>,
  watch: RunWatch,
  reporter: TrialReporter,
  steps: number | null,
): Promise<{ readonly end: T; readonly view: RunView | undefined }> {
  let over = false
  const mark = () => {
    over = true
  }
  ended.then(mark, mark)
  let reported: string | undefined
  let step = -1
  const look = async () => {
    const view = await watch.poll()
    if (view === undefined) return view
    const { id } = view.run.record
    if (reported !== id) reporter.run(id)
    if (step !== view.step) reporter.progress(view.history, view.step, steps)
    reported = id
    step = view.step
    return view
  }
  while (!over) {
    // the next look may succeed; the last one, below, must
    await look().catch(() => undefined)
    await Promise.race([ended.catch(() => undefined), sleep(POLL_MS)])
  }
  const end = await ended
  return { end, view: await look() }
}
