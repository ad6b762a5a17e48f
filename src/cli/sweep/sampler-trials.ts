import { type Attempt, type SweepTrial, summarizeTrial, type Trial } from '../../sweeps/index.ts'

const STATES = {
  waiting: 'pending',
  running: 'running',
  completed: 'finished',
  // its values are real ones
  pruned: 'finished',
  failed: 'failed',
} as const

/** A trial as the search for the next parameters sees it: of several seeds, their mean. */
export function trialForSampler(trial: SweepTrial): Trial {
  const { status, metric, params } = summarizeTrial(trial)
  const [only, ...others] = trial.attempts
  const history =
    others.length === 0
      ? only!.history
      : (trial.attempts.find((attempt) => attempt.status === 'pruned')?.history ?? [])
  return { params, state: STATES[status], history, summary: metric }
}

/** Each run by itself, as early stopping sees it. */
export function attemptsForSampler(trials: readonly SweepTrial[]) {
  return trials.flatMap(({ trial, params, attempts }) =>
    attempts.map((attempt) => ({ trial, seen: { params, ...runOf(attempt) } })),
  )
}

function runOf({ status, history, metric }: Attempt): Omit<Trial, 'params'> {
  const state = status === 'stopped' ? 'pending' : STATES[status]
  return { state, history, summary: metric }
}
