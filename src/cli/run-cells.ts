import type { CsvValue } from '../core/index.ts'
import {
  canonicalMetric,
  type RunEntry,
  type RunValue,
  recordKeys,
  valuesOf,
} from '../tracking/index.ts'
import { formatDuration } from './progress-line.ts'

/** Short names of columns, for keys that are long or raw. */
const ALIASES: Readonly<Record<string, string>> = { model: 'architecture', time: 'seconds' }
/** Columns that are no keys of the database. */
const EXTRA = ['age', 'tags', 'folder', 'trashed'] as const

export const extraColumns: readonly string[] = [...EXTRA, ...Object.keys(ALIASES)]

/** The key that a column sorts by; age runs against time. */
export function sortKey(column: string): { readonly key: string; readonly reversed: boolean } {
  if (column === 'age') return { key: 'created', reversed: true }
  return { key: ALIASES[column] ?? column, reversed: false }
}

/** A column of a run as it is stored: for `--csv` and `--json`. */
export function columnValue(entry: RunEntry, column: string): CsvValue {
  if (column === 'age') return entry.record.created
  if (column === 'tags' || column === 'tag') return entry.record.tags.join(', ')
  if (column === 'folder') return entry.folder
  if (column === 'trashed') return entry.trashed
  return storedValue(entry, ALIASES[column] ?? column)
}

function storedValue(entry: RunEntry, key: string): RunValue | undefined {
  const values = valuesOf(entry)
  return values.has(key) ? values.get(key) : values.get(canonicalMetric(key))
}

/** A column of a run as a person reads it. */
export function columnText(entry: RunEntry, column: string, now: number): string {
  const value = columnValue(entry, column)
  if (column === 'age') return formatAge(now - Date.parse(entry.record.created))
  if (column === 'time') return formatDuration(entry.record.seconds * 1000)
  const key = ALIASES[column] ?? column
  // a fact that a run does not have; of a setting, null is a value
  if (value === null && recordKeys.includes(key)) return ''
  if (typeof value === 'string' && TIMES.has(key)) return formatTime(value)
  const isMetric = canonicalMetric(key) in entry.record.summary || key.startsWith('best.val_')
  return isMetric && typeof value === 'number' ? formatMetric(value) : formatValue(value, key)
}

const TIMES: ReadonlySet<string> = new Set(['created', 'updated', 'trashed'])
const SHORT_DIGEST = 12

/** A setting or a fact in a table. Digests are shortened: nobody compares all of one by eye. */
export function formatValue(value: unknown, key: string): string {
  if (value === undefined || value === null) return value === null ? 'null' : ''
  if (typeof value === 'string') {
    const isDigest = /(?:digest|commit)$/.test(key) && /^[0-9a-f]{40,64}$/.test(value)
    return isDigest ? value.slice(0, SHORT_DIGEST) : value.replace(/\s+/g, ' ')
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Four decimals, or four digits where those would say nothing. */
export function formatMetric(value: number): string {
  const size = Math.abs(value)
  if (value === 0 || (Number.isInteger(value) && size < 1e15)) return String(value)
  if (size >= 1e6 || size < 1e-3) return value.toExponential(3)
  return size >= 1000 ? value.toFixed(1) : value.toFixed(4)
}

/** `812 B`, `4.5 KiB`, `1.6 MiB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`
}

/** `2026-11-23 05:31`, UTC. */
export const formatTime = (iso: string) => iso.slice(0, 16).replace('T', ' ')

const UNITS = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** `now`, `5 min`, `3 h`, `12 days`. */
export function formatAge(milliseconds: number): string {
  const unit = UNITS.find(([, size]) => milliseconds >= size)
  if (unit === undefined) return 'now'
  const count = Math.floor(milliseconds / unit[1])
  return `${count} ${unit[0]}${unit[0] === 'day' && count > 1 ? 's' : ''}`
}
