import type { RunEntry } from '../tracking/index.ts'
import { columnText, columnValue } from './run-cells.ts'
import { formatTable } from './table.ts'

/** In the order in which they are shown; the number tells which stay when the terminal is narrow. */
const DEFAULT_COLUMNS = [
  ['id', 0],
  ['status', 1],
  ['model', 5],
  ['val.accuracy', 2],
  ['best.epoch', 8],
  ['time', 4],
  ['age', 3],
  ['test_looks', 9],
  ['tags', 6],
  ['project', 7],
] as const

const LONGEST_TEXT = 40

/**
 * Runs as a table. Without chosen columns it shows the usual ones: those of which some run has a
 * value, as many as fit into `width` characters.
 */
export function runTable(
  entries: readonly RunEntry[],
  columns: readonly string[] | undefined,
  now: number,
  width: number | undefined,
): string {
  if (columns !== undefined) return tableOf(entries, columns, now)
  const kept = DEFAULT_COLUMNS.filter(([column]) => isTelling(entries, column))
  const byRank = kept.toSorted((a, b) => a[1] - b[1]).map(([column]) => column)
  for (let count = byRank.length; ; count--) {
    const chosen = byRank.slice(0, count)
    const shown = kept.map(([column]) => column).filter((column) => chosen.includes(column))
    const table = tableOf(entries, shown, now)
    if (count === 1 || width === undefined || widthOf(table) <= width) return table
  }
}

/** A column of nothing, or of one project, tells nothing. */
function isTelling(entries: readonly RunEntry[], column: string): boolean {
  if (column === 'id') return true
  const values = entries.map((entry) => columnValue(entry, column) ?? '')
  if (column === 'project') return new Set(values).size > 1
  return values.some((value) => value !== '' && value !== 0)
}

const widthOf = (table: string) => Math.max(...table.split('\n').map((line) => [...line].length))

function tableOf(entries: readonly RunEntry[], columns: readonly string[], now: number): string {
  return formatTable(
    columns.map((title) => ({ title, align: alignOf(entries, title) })),
    entries.map((entry) => columns.map((column) => cut(columnText(entry, column, now)))),
  )
}

function alignOf(entries: readonly RunEntry[], column: string): 'left' | 'right' {
  if (column === 'age' || column === 'time') return 'right'
  return entries.some((entry) => typeof columnValue(entry, column) === 'number') ? 'right' : 'left'
}

function cut(text: string): string {
  const letters = [...text]
  return letters.length <= LONGEST_TEXT ? text : `${letters.slice(0, LONGEST_TEXT - 1).join('')}…`
}
