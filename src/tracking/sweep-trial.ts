import type { RunRecord } from '../contracts/index.ts'

export const SWEEP_ID = 'ATELIER_SWEEP_ID'
export const SWEEP_TRIAL = 'ATELIER_SWEEP_TRIAL'
export const SWEEP_REPEAT = 'ATELIER_SWEEP_REPEAT'

type Environment = Readonly<Record<string, string | undefined>>

/** Which trial of a sweep this process is, as the sweep told it; null for any other process. */
export function sweepTrial(env: Environment): RunRecord['sweep'] {
  const id = env[SWEEP_ID]
  const trial = countOf(env[SWEEP_TRIAL])
  if (!id || trial === undefined) return null
  return { id, trial, repeat: countOf(env[SWEEP_REPEAT]) ?? 0 }
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
