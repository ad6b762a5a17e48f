/** What a progress line shows; times in milliseconds. */
export interface ProgressState {
  readonly label: string
  readonly unit: string
  readonly total: number | undefined
  readonly done: number
  readonly note: string | undefined
  /** Units per second, when enough was seen to tell. */
  readonly rate: number | undefined
  readonly elapsed: number
}

const BAR = 24

/** `label ━━━━──── 42 % 23,100/55,000 images 4,812/s 7 s left · note`, cut to `columns`. */
export function formatProgressLine(state: ProgressState, columns: number): string {
  const share = shareOf(state)
  const parts = [
    state.label,
    share === undefined ? undefined : bar(share),
    share === undefined ? undefined : `${Math.floor(share * 100)} %`,
    counts(state),
    state.rate === undefined ? undefined : `${quantity(state.rate, state.unit)}/s`,
    remaining(state),
  ].filter((part) => part !== undefined)
  const line = state.note ? `${parts.join(' ')} · ${state.note}` : parts.join(' ')
  const letters = [...line]
  return letters.length <= columns
    ? line
    : `${letters.slice(0, Math.max(0, columns - 1)).join('')}…`
}

/** The closing line: `label: 55,000 images in 11.4 s · note`. */
export function formatProgressSummary(state: ProgressState): string {
  const what = `${quantity(state.done, state.unit)}${unitSuffix(state.unit)}`
  const line = `${state.label}: ${what} in ${formatDuration(state.elapsed)}`
  return state.note ? `${line} · ${state.note}` : line
}

/** `850 ms`, `12.3 s`, `4 min 05 s`, `1 h 02 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(Math.round(seconds) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  if (minutes < 60) return `${minutes} min ${two(Math.round(seconds) % 60)} s`
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

function shareOf({ done, total }: ProgressState): number | undefined {
  if (total === undefined || total <= 0) return undefined
  return Math.min(1, Math.max(0, done / total))
}

function bar(share: number): string {
  const full = Math.round(share * BAR)
  return '━'.repeat(full) + '─'.repeat(BAR - full)
}

function counts({ done, total, unit }: ProgressState): string {
  const shown = total === undefined ? '' : `/${quantity(total, unit)}`
  return `${quantity(done, unit)}${shown}${unitSuffix(unit)}`
}

function remaining({ done, total, rate }: ProgressState): string | undefined {
  if (total === undefined || rate === undefined || rate <= 0 || done >= total) return undefined
  const seconds = Math.ceil((total - done) / rate)
  return `${formatDuration(seconds * 1000).replace(/\.0 s$/, ' s')} left`
}

const unitSuffix = (unit: string) => (unit === 'bytes' ? '' : ` ${unit}`)

function quantity(value: number, unit: string): string {
  if (unit === 'bytes') return `${(value / 2 ** 20).toFixed(1)} MiB`
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : groupDigits(Math.round(value))
}

/** Not `toLocaleString`: the first use of Intl costs 20 ms. */
function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
