import type { SweepEvent, SweepState } from '../../sweeps/index.ts'
import type { CommandContext } from '../context.ts'
import { formatDuration } from '../progress-line.ts'
import { liveLines } from './live-table.ts'
import { type SweepSubject, viewOf } from './sweep-view.ts'
import { formatNumber, formatParameters, varyingNames } from './trial-text.ts'

const REDRAW_MS = 250

export interface Display {
  /** Prints a line for what has begun or ended. */
  tell(event: SweepEvent): void
  show(state: SweepState): void
  close(): void
}

/** What a sweep says while it runs: a line for each event, and on a terminal what is under way. */
export function createDisplay(
  context: CommandContext,
  subject: SweepSubject,
  workers: number,
): Display {
  const { block, logger, clock } = context
  const begun = clock.monotonic()
  let state: SweepState | undefined
  let params: SweepState['trials'] = []
  const draw = () => {
    if (state === undefined) return
    const view = viewOf(state, subject)
    const elapsed = clock.monotonic() - begun
    block.show(liveLines({ state, view, workers, now: clock.now(), elapsed, ...block.size() }))
  }
  const timer = block.live ? setInterval(draw, REDRAW_MS) : undefined
  return {
    tell: (event) => {
      const line = eventLine(event, params, subject, block.live)
      if (line !== undefined) logger.info(line)
    },
    show: (next) => {
      state = next
      params = next.trials
    },
    close: () => {
      clearInterval(timer)
      block.show([])
    },
  }
}

function eventLine(
  event: SweepEvent,
  trials: SweepState['trials'],
  { metric }: SweepSubject,
  live: boolean,
): string | undefined {
  if (!('trial' in event)) return undefined
  const trial = trials[event.trial]
  const seed = trial !== undefined && trial.attempts.length > 1 && 'repeat' in event
  const name = `trial ${event.trial}${seed ? `/${event.repeat + 1}` : ''}`
  const shown = trial === undefined ? '' : formatParameters(trial.params, varyingNames([trial]))
  switch (event.type) {
    case 'start':
      // on a terminal it is in the table below
      return live ? undefined : `${name} started: ${shown}`
    case 'stop':
      return `${name} stopped`
    case 'end':
      return `${name} ${endText(event, metric, !live)}${live ? `  ${shown}` : ''}`
    default:
      return undefined
  }
}

function endText(
  event: Extract<SweepEvent, { type: 'end' }>,
  metric: string | undefined,
  withRun: boolean,
): string {
  const { status, reused, error, seconds } = event
  const value =
    event.metric === null || metric === undefined ? '' : `: ${metric} ${formatNumber(event.metric)}`
  const time = formatDuration(seconds * 1000)
  const run = event.run === null || !withRun ? '' : `, run ${event.run}`
  if (status === 'failed') return `failed after ${time}: ${error?.message}`
  if (status === 'pruned') return `pruned after ${time}${run}`
  return reused ? `reused${value}${run}` : `completed in ${time}${value}${run}`
}
