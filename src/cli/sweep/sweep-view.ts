import {
  type Attempt,
  rankTrials,
  type SweepState,
  summarizeTrial,
  type TrialSummary,
} from '../../sweeps/index.ts'

/** What tables, live or at the end, need to know besides the state. */
export interface SweepSubject {
  readonly id: string
  readonly method: string
  readonly metric: string | undefined
  readonly goal: 'minimize' | 'maximize'
  /** How many trials there will be; undefined where nobody knows. */
  readonly total: number | undefined
}

/** The state of a sweep, counted and ranked. */
export interface SweepView {
  readonly subject: SweepSubject
  readonly trials: readonly TrialSummary[]
  /** Complete ones with a metric, best first. */
  readonly ranked: readonly (TrialSummary & { readonly metric: number })[]
  readonly running: readonly { readonly trial: number; readonly attempt: Attempt }[]
  readonly counts: Readonly<Record<TrialSummary['status'] | 'reused', number>>
}

export function viewOf(state: SweepState, subject: SweepSubject): SweepView {
  const trials = state.trials.map(summarizeTrial)
  const count = (status: TrialSummary['status']) =>
    trials.filter((trial) => trial.status === status).length
  return {
    subject,
    trials,
    ranked: rankTrials(trials, subject.goal),
    running: state.trials.flatMap(({ trial, attempts }) =>
      attempts.filter(({ status }) => status === 'running').map((attempt) => ({ trial, attempt })),
    ),
    counts: {
      waiting: count('waiting'),
      running: count('running'),
      completed: count('completed'),
      failed: count('failed'),
      pruned: count('pruned'),
      reused: trials.filter(({ reused }) => reused).length,
    },
  }
}

/** `3 of 5 done, 1 failed, 1 reused`. */
export function countsText({ counts, subject }: SweepView): string {
  const done = counts.completed + counts.failed + counts.pruned
  const of = subject.total === undefined ? '' : ` of ${subject.total}`
  const parts = (['failed', 'pruned', 'reused'] as const)
    .filter((name) => counts[name] > 0)
    .map((name) => `, ${counts[name]} ${name}`)
  return `${done}${of} done${parts.join('')}`
}

/**
 * Milliseconds until the sweep is done, from how long trained attempts took; undefined while none has
 * ended or where the end is not known.
 */
export function remainingTime(state: SweepState, view: SweepView, workers: number, now: number) {
  const { total } = view.subject
  const attempts = state.trials.flatMap((trial) => trial.attempts)
  const trained = attempts.filter(({ status, reused }) => status === 'completed' && !reused)
  if (total === undefined || trained.length === 0) return undefined
  const mean = trained.reduce((sum, { seconds }) => sum + seconds, 0) / trained.length
  const { completed, failed, pruned, reused } = view.counts
  const over = completed + failed + pruned
  // earlier runs will be found for the rest as often as for those that are over
  const share = over === 0 ? 1 : 1 - reused / over
  const running = view.running.reduce((sum, { attempt }) => {
    const spent = attempt.seconds + (now - (attempt.started ?? now)) / 1000
    return sum + Math.max(0, mean - spent)
  }, 0)
  const untouched = Math.max(0, (total - over) * state.request.repeats - view.running.length)
  return (1000 * (running + untouched * mean * share)) / workers
}
