import type { RunRecord } from '../contracts/index.ts'

/** The trial that this process was started for, as a sweep tells it: `ATELIER_SWEEP_ID`, `ATELIER_SWEEP_TRIAL`. */
export function sweepTrial(env: Readonly<Record<string, string | undefined>>): RunRecord['sweep'] {
  const id = env['ATELIER_SWEEP_ID']
  const trial = env['ATELIER_SWEEP_TRIAL']
  if (!id || trial === undefined || !/^\d{1,9}$/.test(trial)) return null
  return { id, trial: Number(trial) }
}
