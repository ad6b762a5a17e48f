import type { Attempt, SweepState } from '../../sweeps/index.ts'
import { formatDuration } from '../progress-line.ts'
import { countsText, remainingTime, type SweepView } from './sweep-view.ts'
import { formatMetric, formatNumber, formatParameters, varyingNames } from './trial-text.ts'

const BAR = 16

export interface LiveInput {
  readonly state: SweepState
  readonly view: SweepView
  readonly workers: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds that this scheduler has been at work. */
  readonly elapsed: number
  readonly columns: number
  readonly rows: number
}

/** What runs, how far it is, and the best so far: lines for a terminal, cut to its size. */
export function liveLines(input: LiveInput): string[] {
  const { state, view, now } = input
  const { subject, ranked, trials } = view
  const names = varyingNames(trials)
  const best = ranked[0]
  const running = view.running.map(({ trial, attempt }) => {
    const label = state.request.repeats === 1 ? `${trial}` : `${trial}/${attempt.repeat + 1}`
    const params = formatParameters(trials[trial]!.params, names)
    return `  ${label.padStart(5)}  ${progress(attempt)}  ${latest(attempt).padStart(8)}  ${age(attempt, now).padStart(8)}  ${params}`
  })
  const bestLine =
    best === undefined
      ? []
      : [
          `  best   trial ${best.trial}, ${subject.metric} ${formatMetric(best)}: ${formatParameters(best.params, names)}`,
        ]
  const room = Math.max(1, input.rows - 3 - bestLine.length)
  const hidden = running.length - room
  const shown = hidden > 0 ? [...running.slice(0, room - 1), `  and ${hidden + 1} more`] : running
  return [headLine(input), ...shown, ...bestLine].map((line) => cut(line, input.columns - 1))
}

function headLine({ state, view, workers, now, elapsed }: LiveInput): string {
  const left = remainingTime(state, view, workers, now)
  const parts = [
    countsText(view),
    `${view.running.length} running`,
    formatDuration(Math.floor(elapsed / 1000) * 1000).replace(/\.0 s$/, ' s'),
    ...(left === undefined ? [] : [`about ${roughly(left)} left`]),
  ]
  return `${view.subject.metric ?? 'sweep'}  ${parts.join(' · ')}`
}

const roughly = (milliseconds: number) =>
  formatDuration(Math.max(1, Math.ceil(milliseconds / 1000)) * 1000).replace(/\.0 s$/, ' s')

function progress({ run, step, steps }: Attempt): string {
  if (run === null) return 'starting'.padEnd(BAR + 6)
  if (steps === null || steps === 0) return `step ${step}`.padEnd(BAR + 6)
  const share = Math.min(1, step / steps)
  const full = Math.round(share * BAR)
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  return `${'━'.repeat(full)}${'─'.repeat(BAR - full)} ${percent}`
}

const latest = ({ history }: Attempt) =>
  history.length === 0 ? '–' : formatNumber(history.at(-1)!)

const age = ({ started, seconds }: Attempt, now: number) =>
  formatDuration(Math.floor(seconds + (now - (started ?? now)) / 1000) * 1000 || 0).replace(
    /^0 ms$|\.0 s$/,
    (text) => (text === '0 ms' ? '0 s' : ' s'),
  )

function cut(line: string, columns: number): string {
  const letters = [...line]
  return letters.length <= columns ? line : `${letters.slice(0, columns - 1).join('')}…`
}
