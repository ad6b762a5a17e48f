import type { RunRecord } from '../contracts/index.ts'

/** How a run ended. */
export type RunEnd = Pick<RunRecord, 'status' | 'failure'>

/** Something that must be written before the process is gone, at once and without waiting. */
export interface ExitGuarded {
  endSync(end: RunEnd): void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

// The events of the process are one and global; so is the list of those who wait for them.
const guarded = new Set<ExitGuarded>()
let cause: RunEnd | undefined

/**
 * Ends `one` when the process ends without having ended it: `failed` after an error that nobody
 * caught, `interrupted` by a signal, else `crashed`. It changes nothing about how the process ends.
 */
export function guardExit(one: ExitGuarded): void {
  if (guarded.size === 0) {
    process.on('exit', endAll)
    process.on('uncaughtExceptionMonitor', noteError)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  }
  guarded.add(one)
}

export function unguardExit(one: ExitGuarded): void {
  if (!guarded.delete(one) || guarded.size > 0) return
  process.off('exit', endAll)
  process.off('uncaughtExceptionMonitor', noteError)
  for (const signal of SIGNALS) process.off(signal, onSignal)
  cause = undefined
}

function endAll(): void {
  const end = cause ?? { status: 'crashed', failure: null }
  for (const one of [...guarded]) one.endSync(end)
}

function noteError(error: Error): void {
  cause = { status: 'failed', failure: failureOf(error) }
}

/** As a run's record tells it. */
export function failureOf(thrown: unknown): NonNullable<RunRecord['failure']> {
  const code = (thrown as { readonly code?: unknown } | null)?.code
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const name = thrown instanceof Error ? thrown.name : 'Error'
  return { code: typeof code === 'string' ? code : name, message }
}

/** A program that listens itself decides what a signal means. Else it means what it always does. */
function onSignal(signal: NodeJS.Signals): void {
  cause = { status: 'interrupted', failure: null }
  if (process.listenerCount(signal) > 1) return
  endAll()
  process.off(signal, onSignal)
  process.kill(process.pid, signal)
}
