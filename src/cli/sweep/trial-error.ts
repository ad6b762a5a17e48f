import { readFile } from 'node:fs/promises'
import type { ProcessEnd } from './trial-process.ts'

export interface TrialError {
  readonly code: string
  readonly message: string
}

const FAILED = 'SWEEP_TRIAL_FAILED'

/** Why a program ended without a result, from what it printed last; `log` is shown to the user. */
export async function errorOf(end: ProcessEnd, log: string): Promise<TrialError> {
  if (end.error !== undefined) return { code: FAILED, message: end.error.message }
  const text = await readFile(log, 'utf8').catch(() => '')
  const own = [...text.matchAll(/^error\[(\w+)\]: (.*)$/gm)].at(-1)
  if (own !== undefined) return { code: own[1]!, message: own[2]! }
  const ending = end.code === null ? 'was killed' : `ended with code ${end.code}`
  const last = text.trimEnd().split('\n').at(-1)?.trim()
  return { code: FAILED, message: `Its program ${ending}${last ? `: ${last.slice(0, 300)}` : '.'}` }
}

export const noMetric = (metric: string): TrialError => ({
  code: FAILED,
  message: `Its program logged no "${metric}".`,
})
