import type { UiValue } from '../../../src/contracts/index.ts'

/** A number as a person compares it: four decimals near one, powers of ten far from it. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value))
    return Math.abs(value) < 1e15 ? String(value) : value.toExponential(3)
  const size = Math.abs(value)
  if (size >= 1e6 || size < 1e-4) return trimZeros(value.toExponential(3))
  if (size >= 100) return value.toFixed(1)
  return size >= 0.01 ? value.toFixed(4) : trimZeros(value.toPrecision(4))
}

function trimZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '')
}

/** Of a metric: an accuracy of exactly 1 has its decimals too. */
export function formatResult(value: UiValue | undefined): string {
  if (value === undefined || value === null) return ''
  if (value === 0 || value === 1) return value.toFixed(4)
  return typeof value === 'number' ? formatNumber(value) : String(value)
}

const LONGEST_SETTING = 9

/** A setting as it was written; one that a sweep drew, with all its digits, to four of them. */
export function formatSetting(value: UiValue | undefined): string {
  if (value === undefined || value === null) return ''
  const text = String(value)
  const isDrawn = typeof value === 'number' && !Number.isInteger(value)
  return isDrawn && text.length > LONGEST_SETTING ? String(Number(value.toPrecision(4))) : text
}

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Seconds as `3.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < MINUTE) return `${whole} s`
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${whole % MINUTE} s`
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${Math.floor((whole % HOUR) / MINUTE)} min`
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const size = bytes / 1000 ** power
  return `${power === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[power]}`
}

/** Local date and time to the minute. */
export function formatTime(iso: string | number): string {
  const date = new Date(iso)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** A run's id without its date: what people tell runs apart by. */
export function shortName(id: string): string {
  return id.replace(/^\d{8}-\d{4,6}-/, '')
}
