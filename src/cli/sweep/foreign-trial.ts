import { resolve } from 'node:path'
import type { RunTrial, TrialJob, TrialOutcome } from '../../sweeps/index.ts'
import { openRun, type Run } from '../../tracking/index.ts'
import type { Environment } from '../context.ts'
import { followUntil } from './follow-process.ts'
import { resultOf, watchRun } from './run-watch.ts'
import { errorOf, noMetric } from './trial-error.ts'
import { logOf, type TrialOptions, trialEnvironment } from './trial-options.ts'
import { outwait, type ProcessEnd, startProcess } from './trial-process.ts'

interface ForeignTrialOptions extends TrialOptions {
  /** Folder where the program's runs appear. */
  readonly root: string
  /** What to start for these parameters, and what to set in its environment. */
  readonly commandOf: (job: TrialJob) => Promise<{
    readonly command: readonly [string, ...string[]]
    readonly env: Environment
  }>
}

type Ways = readonly [Parameters<RunTrial>[1], AbortSignal]

/**
 * Trials as processes of the sweep file's own command. Their result is the run that they log. One
 * that outlived its scheduler is waited for; one that was stopped begins anew.
 */
export function foreignTrials(options: ForeignTrialOptions): RunTrial {
  return async (job, reporter, signal) => {
    const { process, started } = job.attempt
    if (process !== null && started !== null) {
      const adopted = await adopt(options, job, [reporter, signal])
      if (adopted !== undefined) return adopted
    }
    if (signal.aborted) return { status: 'stopped', history: job.attempt.history }
    return start(options, job, [reporter, signal])
  }
}

/** Starting the process and writing down that it was started are not one moment. */
const SLACK_MS = 5000

async function adopt(
  options: ForeignTrialOptions,
  job: TrialJob,
  [reporter, signal]: Ways,
): Promise<TrialOutcome | undefined> {
  const { process, started } = job.attempt
  const watch = watchOf(options, job, started! - SLACK_MS)
  const { view } = await followUntil(
    outwait(process!, signal, Number.POSITIVE_INFINITY),
    watch,
    reporter,
    null,
  )
  if (view === undefined) return undefined
  const run = await openRun(view.run.folder)
  // how a process ended that was not our child cannot be asked; its run tells
  return run.record.status === 'completed' ? complete(options, run) : undefined
}

async function start(
  options: ForeignTrialOptions,
  job: TrialJob,
  [reporter, signal]: Ways,
): Promise<TrialOutcome> {
  const { context, clock } = options
  const { command, env } = await options.commandOf(job)
  const since = clock.now()
  const log = logOf(options, job)
  const process = await startProcess(
    {
      command,
      cwd: context.cwd,
      env: { ...trialEnvironment(options, job), ...env },
      log,
      channel: false,
    },
    signal,
  )
  if (process.reference !== undefined) reporter.started(process.reference)
  const watch = watchOf(options, job, since)
  const { end, view } = await followUntil(process.ended, watch, reporter, null)
  const run = view === undefined ? undefined : await openRun(view.run.folder)
  const history = view?.history ?? []
  if (signal.aborted && run?.record.status !== 'completed') return { status: 'stopped', history }
  if (end.code === 0) return complete(options, run)
  return { status: 'failed', run: run?.record.id ?? null, history, error: await why(end, run, log) }
}

const why = async (end: ProcessEnd, run: Run | undefined, log: string) =>
  run?.record.failure ?? (await errorOf(end, log))

async function complete(
  { metric }: ForeignTrialOptions,
  run: Run | undefined,
): Promise<TrialOutcome> {
  const id = run?.record.id ?? null
  const result = run === undefined ? { metric: null, history: [] } : await resultOf(run, metric)
  if (metric !== undefined && result.metric === null) {
    return { status: 'failed', run: id, history: [], error: noMetric(metric) }
  }
  return { status: 'completed', run: id, reused: false, ...result }
}

function watchOf(
  { root, request, metric, context }: ForeignTrialOptions,
  { trial, attempt }: TrialJob,
  since: number,
) {
  const place = { id: request.id, trial, repeat: attempt.repeat }
  return watchRun(resolve(context.cwd, root), place, since, metric)
}
