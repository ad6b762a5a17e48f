import { AtelierError, type ErrorCode, toAtelierError } from '../core/index.ts'
import type { TrainResult } from '../training/index.ts'
import { choiceWords } from './config-options.ts'
import { type CommandContext, printResult } from './context.ts'
import { loadConfig } from './load-config.ts'
import { formatDuration } from './progress-line.ts'
import { formatTable } from './table.ts'

/** What became of one job. */
interface JobOutcome {
  readonly job: number
  readonly overrides: readonly string[]
  readonly status: 'completed' | 'failed' | 'interrupted' | 'not started'
  readonly run: string | null
  readonly val_accuracy: number | null
  readonly seconds: number | null
  readonly error: { readonly code: ErrorCode; readonly message: string } | null
}

type Job = (
  context: CommandContext,
  overrides: readonly string[],
  number: number,
) => Promise<TrainResult>

/**
 * Runs the jobs of a multirun one after the other and prints a table of them. A configuration that
 * cannot be composed is refused before the first job; a job that fails does not stop the others.
 * Throws JOBS_FAILED when one did, and INTERRUPTED when a signal stopped them.
 */
export async function runJobs(
  context: CommandContext,
  jobs: readonly (readonly string[])[],
  run: Job,
): Promise<void> {
  for (const [i, overrides] of jobs.entries()) await loadConfig(context, overrides, i)
  context.logger.info(`Launching ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`)
  const outcomes: JobOutcome[] = []
  for (const [i, overrides] of jobs.entries()) {
    outcomes.push(await outcomeOf(context, overrides, i, run))
  }
  printResult(context, outcomes, () => outcomeTable(outcomes))
  refuseFailed(context, outcomes)
}

async function outcomeOf(
  context: CommandContext,
  overrides: readonly string[],
  job: number,
  run: Job,
): Promise<JobOutcome> {
  const unknown = { run: null, val_accuracy: null, seconds: null, error: null }
  if (context.signal.aborted) return { job, overrides, status: 'not started', ...unknown }
  context.logger.info(`#${job} : ${overrides.join(' ')}`)
  try {
    // stdout is for the table: what a job has to say goes where notes go
    const result = await run({ ...context, json: false, stdout: context.stderr }, overrides, job)
    const { id, seconds } = result.run.record
    const { val_accuracy } = result.best
    return { job, overrides, status: 'completed', run: id, val_accuracy, seconds, error: null }
  } catch (thrown) {
    const { code, message, hint } = toAtelierError(thrown)
    if (context.signal.aborted) {
      // a run that had begun can be continued, and the hint says how
      context.logger.warn(`#${job} interrupted: ${message} ${hint ?? ''}`.trimEnd())
      return { job, overrides, status: 'interrupted', ...unknown }
    }
    context.logger.warn(`#${job} failed: error[${code}]: ${message}`)
    return { job, overrides, status: 'failed', ...unknown, error: { code, message } }
  }
}

/** Of the overrides, those that not all jobs share. */
function outcomeTable(outcomes: readonly JobOutcome[]): string {
  const shared = (word: string) => outcomes.every(({ overrides }) => overrides.includes(word))
  return formatTable(
    [
      { title: 'job', align: 'right' },
      { title: 'overrides' },
      { title: 'val.accuracy', align: 'right' },
      { title: 'time', align: 'right' },
      { title: 'run' },
    ],
    outcomes.map(({ job, overrides, status, run, val_accuracy, seconds, error }) => [
      String(job),
      overrides.filter((word) => outcomes.length === 1 || !shared(word)).join(' '),
      val_accuracy === null ? '' : val_accuracy.toFixed(4),
      seconds === null ? '' : formatDuration(seconds * 1000),
      run ?? (error === null ? status : `${status}: ${error.code}`),
    ]),
  )
}

function refuseFailed(context: CommandContext, outcomes: readonly JobOutcome[]): void {
  const stopped = outcomes.filter(
    ({ status }) => status === 'interrupted' || status === 'not started',
  )
  if (stopped.length > 0) {
    throw new AtelierError(
      'INTERRUPTED',
      `Stopped by a signal; ${stopped.length} of ${outcomes.length} jobs are not done.`,
    )
  }
  const failed = outcomes.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return
  const words = [...choiceWords(context.config), ...failed[0]!.overrides]
  const numbers = failed.map(({ job }) => `#${job}`).join(', ')
  throw new AtelierError(
    'JOBS_FAILED',
    `${failed.length} of ${outcomes.length} jobs failed: ${numbers}.`,
    { hint: `Repeat one: atelier train ${words.join(' ')}`, data: { jobs: failed } },
  )
}
