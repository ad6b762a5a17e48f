import { AtelierError } from '../core/index.ts'
import type { TrialParams } from './sampling/trial.ts'
import type { ProgressEvent, SweepEvent, SweepRequest } from './sweep-events.ts'

export type AttemptStatus = 'waiting' | 'running' | 'stopped' | 'completed' | 'failed' | 'pruned'

/** A process that may outlive the one that started it. */
export interface ProcessReference {
  readonly pid: number
  readonly identity: string
  readonly host: string
}

/** A trial with one of its seeds: one run. */
export interface Attempt {
  readonly repeat: number
  readonly status: AttemptStatus
  readonly run: string | null
  readonly reused: boolean
  /** The last process that worked on it. */
  readonly process: ProcessReference | null
  readonly metric: number | null
  readonly history: readonly number[]
  readonly error: { readonly code: string; readonly message: string } | null
  /** Of the process at work, milliseconds since 1970. */
  readonly started: number | null
  readonly seconds: number
  readonly step: number
  readonly steps: number | null
}

/** A choice of parameters. */
export interface SweepTrial {
  readonly trial: number
  readonly params: TrialParams
  /** One for each seed. */
  readonly attempts: readonly Attempt[]
}

export interface SweepState {
  readonly request: SweepRequest
  readonly trials: readonly SweepTrial[]
}

const FRESH = {
  status: 'waiting',
  run: null,
  reused: false,
  process: null,
  metric: null,
  history: [],
  error: null,
  started: null,
  seconds: 0,
  step: 0,
  steps: null,
} as const

/** The state that the lines of a journal add up to. Throws SWEEP_NOT_FOUND where the first line is missing. */
export function replay(events: readonly SweepEvent[], path: string): SweepState {
  const [request, ...rest] = events
  if (request?.type !== 'sweep') {
    throw new AtelierError('SWEEP_NOT_FOUND', `${path} does not begin with a sweep.`, {
      hint: 'List the sweeps with `atelier sweep ls`.',
    })
  }
  return rest.reduce<SweepState>(applyEvent, { request, trials: [] })
}

export function applyEvent(state: SweepState, event: SweepEvent | ProgressEvent): SweepState {
  if (event.type === 'sweep') return { ...state, request: event }
  if (event.type !== 'trial') return changeAttempt(state, event)
  const attempts = Array.from({ length: state.request.repeats }, (_, repeat) => ({
    repeat,
    ...FRESH,
  }))
  const { trial, params } = event
  return { ...state, trials: [...state.trials, { trial, params, attempts }] }
}

type AttemptEvent = Exclude<SweepEvent, { type: 'sweep' | 'trial' }> | ProgressEvent

function changeAttempt(state: SweepState, event: AttemptEvent): SweepState {
  const change = (attempt: Attempt) =>
    attempt.repeat === event.repeat ? { ...attempt, ...changeOf(event, attempt) } : attempt
  const trials = state.trials.map((trial) =>
    trial.trial === event.trial ? { ...trial, attempts: trial.attempts.map(change) } : trial,
  )
  return { ...state, trials }
}

function changeOf(event: AttemptEvent, before: Attempt): Partial<Attempt> {
  switch (event.type) {
    case 'start': {
      const { pid, identity, host } = event
      return { status: 'running', process: { pid, identity, host }, started: event.time }
    }
    case 'run':
      return { run: event.run }
    case 'progress':
      return { history: event.history, step: event.step, steps: event.steps }
    case 'stop':
      return { status: 'stopped', started: null, seconds: secondsUntil(event.time, before) }
    case 'retry':
      return { ...FRESH }
    case 'end': {
      const { status, run, reused, metric, history, error, seconds } = event
      return { status, run, reused, metric, history, error, seconds, started: null }
    }
  }
}

/** Seconds of work on an attempt when a process that works on it ends at `time`. */
export function secondsUntil(time: number, { started, seconds }: Attempt): number {
  return seconds + (started === null ? 0 : Math.max(0, time - started) / 1000)
}
