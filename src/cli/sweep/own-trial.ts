import { setTimeout as sleep } from 'node:timers/promises'
import { toAtelierError } from '../../core/index.ts'
import type { RunTrial, TrialJob, TrialOutcome } from '../../sweeps/index.ts'
import { isRunLocked, openRun, type Run } from '../../tracking/index.ts'
import type { FinishedRuns } from './finished-runs.ts'
import { followUntil } from './follow-process.ts'
import { findTrialRuns, resultOf, watchRun } from './run-watch.ts'
import { errorOf } from './trial-error.ts'
import type { TrialOptions } from './trial-options.ts'
import { logOf, trialEnvironment } from './trial-options.ts'
import { outwait, startProcess } from './trial-process.ts'
import type { SettingsOf, TrialSettings } from './trial-settings.ts'

/** For the step, the validation and the checkpoint that are under way. */
const PATIENCE_MS = 60_000

interface OwnTrialOptions extends TrialOptions {
  readonly settingsOf: SettingsOf
  /** Undefined: nothing is reused. */
  readonly finished: FinishedRuns | undefined
}

/**
 * Trials as processes of `atelier train`. A run that an earlier scheduler's process left is continued
 * with `atelier resume`, which gives the weights of an undisturbed run.
 */
export function ownTrials(options: OwnTrialOptions): RunTrial {
  return async (job, reporter, signal) => {
    const { attempt } = job
    // it lost its channel when its scheduler died: it is saving, or has ended
    if (attempt.process !== null) await outwait(attempt.process, signal, PATIENCE_MS)
    const settings = await options.settingsOf(job).catch((error: unknown) => error)
    if (!isSettings(settings)) return failure(settings)
    const earlier = await earlierRun(options, job, settings)
    if (earlier?.record.status === 'completed') return complete(options, earlier, false)
    const same =
      earlier === undefined
        ? await options.finished?.find(settings.config, settings.dataset)
        : undefined
    if (same !== undefined) return complete(options, same, true)
    if (signal.aborted) return { status: 'stopped', history: attempt.history }
    return train(options, job, settings, earlier, [reporter, signal])
  }
}

const isSettings = (value: unknown): value is TrialSettings =>
  typeof value === 'object' && value !== null && 'overrides' in value && 'steps' in value

function failure(thrown: unknown): TrialOutcome {
  const { code, message } = toAtelierError(thrown)
  return { status: 'failed', run: null, history: [], error: { code, message } }
}

async function earlierRun(
  { request, isResumed }: OwnTrialOptions,
  { trial, attempt }: TrialJob,
  { root }: TrialSettings,
): Promise<Run | undefined> {
  if (!isResumed) return undefined
  const place = { id: request.id, trial, repeat: attempt.repeat }
  const runs = await findTrialRuns(root, place, request.time)
  const run = runs.filter(({ record }) => record.status !== 'failed').at(-1)
  if (run === undefined || !(await isRunLocked(run.folder))) return run
  // its scheduler was killed before it wrote down which process it had started
  for (let waited = 0; waited < PATIENCE_MS && (await isRunLocked(run.folder)); waited += 200) {
    await sleep(200)
  }
  return openRun(run.folder)
}

async function complete(
  { metric, finished }: OwnTrialOptions,
  run: Run,
  reused: boolean,
): Promise<TrialOutcome> {
  finished?.add(run)
  return { status: 'completed', run: run.record.id, reused, ...(await resultOf(run, metric)) }
}

async function train(
  options: OwnTrialOptions,
  job: TrialJob,
  settings: TrialSettings,
  earlier: Run | undefined,
  [reporter, signal]: readonly [Parameters<RunTrial>[1], AbortSignal],
): Promise<TrialOutcome> {
  const { context, request, metric, clock } = options
  const [program, ...start] = context.self as [string, ...string[]]
  const task =
    earlier === undefined
      ? ['train', ...configWords(request.config), ...settings.overrides]
      : ['resume', earlier.record.id]
  const since = clock.now()
  const log = logOf(options, job)
  const process = await startProcess(
    {
      command: [program, ...start, ...task],
      cwd: context.cwd,
      env: trialEnvironment(options, job),
      log,
      channel: true,
    },
    signal,
  )
  if (process.reference !== undefined) reporter.started(process.reference)
  const place = { id: request.id, trial: job.trial, repeat: job.attempt.repeat }
  const watch = watchRun(settings.root, place, since, metric, earlier)
  const { end, view } = await followUntil(process.ended, watch, reporter, settings.steps)
  const runs = await findTrialRuns(settings.root, place, request.time)
  const run = runs.find(({ record }) => record.id === view?.run.record.id)
  const history = view?.history ?? []
  if (run?.record.status === 'completed') return complete(options, run, false)
  if (signal.aborted) return { status: 'stopped', history }
  const error = run?.record.failure ?? (await errorOf(end, log))
  return { status: 'failed', run: run?.record.id ?? null, history, error }
}

function configWords({ name, path, folders = [] }: TrialOptions['request']['config']): string[] {
  return [
    ...(name === undefined ? [] : [`--config-name=${name}`]),
    ...(path === undefined ? [] : [`--config-path=${path}`]),
    ...folders.map((folder) => `--config-dir=${folder}`),
  ]
}
