import type { UiRunRow, UiValue } from '../../../src/contracts/index.ts'
import {
  formatDuration,
  formatResult,
  formatSetting,
  formatTime,
  shortName,
} from '../shared/format.ts'

export const DEFAULT_COLUMNS: readonly string[] = [
  'status',
  'created',
  'seconds',
  'val.accuracy',
  'val.loss',
  'architecture',
  'hyperparameters.learning_rate',
  'hyperparameters.batch_size',
  'tag',
]

/** Titles where the key's last part says too little. */
const TITLES: Readonly<Record<string, string>> = {
  seconds: 'time',
  created: 'started',
  tag: 'tags',
}

/** Parts of a configuration that go without saying. */
const USUAL = /^(?:hyperparameters|model|trainer|optimizer|schedule|augmentation|data)\./

export function titleOf(column: string): string {
  return TITLES[column] ?? column.replace(USUAL, '')
}

const WIDTHS: Readonly<Record<string, string>> = {
  status: '136px',
  created: '164px',
  tag: 'minmax(130px, 1fr)',
  notes: 'minmax(160px, 2fr)',
}

/** The table's columns as a grid: mark, name, and those chosen. */
export function gridTemplate(columns: readonly string[]): string {
  const widths = columns.map((column) => {
    const letters = titleOf(column).length
    return WIDTHS[column] ?? `minmax(${Math.min(190, Math.max(106, 44 + 8 * letters))}px, 1fr)`
  })
  return `64px minmax(200px, 1.4fr) ${widths.join(' ')}`
}

/** What a cell says. */
export function cellText(row: UiRunRow, column: string): string {
  if (column === 'tag') return row.tags.join(', ')
  if (column === 'created' || column === 'updated') return timeText(row.values[column])
  if (column === 'seconds') return durationText(row.values[column])
  const value = row.values[column]
  return isResult(column) ? formatResult(value) : formatSetting(value)
}

/** A metric's value, rather than a setting. */
export function isResult(column: string): boolean {
  return /^(?:val|train|batch|test|best|system)\.|(?:loss|accuracy|per_second)$/.test(column)
}

/** Names first sort from A to Z; numbers, dates and durations from the top. */
export function firstSort(column: string, row: UiRunRow | undefined): string {
  const isText = typeof row?.values[column] === 'string' && column !== 'created'
  return isText ? column : `-${column}`
}

/** What the mark of a run without a name of its own is told by. */
export function nameOf(row: UiRunRow): string {
  return shortName(row.id)
}

const timeText = (value: UiValue | undefined) =>
  typeof value === 'string' ? formatTime(value) : ''
const durationText = (value: UiValue | undefined) =>
  typeof value === 'number' ? formatDuration(value) : ''
