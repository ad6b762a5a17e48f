import type { Logger } from '../../core/index.ts'
import type { ReproduceEvent, StageOutcome } from '../../versioning/index.ts'

/** Says what happens, while it happens. */
export function tellEvent(logger: Logger, event: ReproduceEvent): void {
  const isBad = event.type === 'failed' || event.type === 'left out'
  logger[isBad ? 'warn' : 'info'](eventText(event))
}

function eventText(event: ReproduceEvent): string {
  const { address } = event
  switch (event.type) {
    case 'unchanged':
      return `Stage '${address}' did not change.`
    case 'running':
      return `Running stage '${address}':`
    case 'command':
      return `> ${event.line}`
    case 'restored':
      return `Stage '${address}' ran before with the same inputs: outputs are from the cache.`
    case 'frozen':
      return `Stage '${address}' is frozen: its outputs are locked as they are.`
    case 'data':
      return `Data of '${address}' changed: noted as it is.`
    case 'failed':
      return event.error.message
    case 'left out':
      return `Stage '${address}' is left out, as it needs '${event.because}'.`
  }
}

const WORDS = {
  ran: 'run',
  restored: 'from the cache',
  saved: 'locked as they are',
  unchanged: 'unchanged',
  failed: 'failed',
  'left out': 'left out',
} as const

/** `2 run, 1 unchanged`. */
export function outcomesText(outcomes: readonly StageOutcome[], dry: boolean): string {
  const counts = Object.entries(WORDS).flatMap(([result, word]) => {
    const count = outcomes.filter((outcome) => outcome.result === result).length
    return count === 0 ? [] : [`${count} ${word}`]
  })
  if (counts.length === 0) return 'There are no stages.'
  if (outcomes.every(({ result }) => result === 'unchanged')) return 'Everything is up to date.'
  return `Stages: ${counts.join(', ')}.${dry ? ' Nothing was done: --dry.' : ''}`
}
