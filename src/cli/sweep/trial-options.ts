import { join } from 'node:path'
import type { Clock } from '../../core/index.ts'
import type { Sweep, SweepRequest, TrialJob } from '../../sweeps/index.ts'
import { SWEEP_ID, SWEEP_REPEAT, SWEEP_TRIAL } from '../../tracking/index.ts'
import type { CommandContext, Environment } from '../context.ts'

/** What every trial of a sweep is run with. */
export interface TrialOptions {
  readonly context: CommandContext
  readonly sweep: Pick<Sweep, 'files'>
  readonly request: SweepRequest
  /** Its canonical name; undefined where the sweep file names none. */
  readonly metric: string | undefined
  /** Whether an earlier process may have begun trials. */
  readonly isResumed: boolean
  readonly clock: Clock
}

/** What the trial's program prints: `logs/7.log`, or `logs/7-1.log` for the second seed. */
export function logOf({ sweep }: TrialOptions, { trial, attempt, repeats }: TrialJob): string {
  const name = repeats === 1 ? `${trial}` : `${trial}-${attempt.repeat}`
  return join(sweep.files.logs, `${name}.log`)
}

export function trialEnvironment(
  { context, request }: TrialOptions,
  { trial, attempt }: TrialJob,
): Environment {
  return {
    ...context.env,
    [SWEEP_ID]: request.id,
    [SWEEP_TRIAL]: String(trial),
    [SWEEP_REPEAT]: String(attempt.repeat),
  }
}
