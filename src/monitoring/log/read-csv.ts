import {
  type ColumnBuilder,
  type CsvBytes,
  numberColumn,
  type TextColumn,
  textColumn,
  timeColumn,
} from './csv-columns.ts'
import { type CsvSource, invalidCsv } from './csv-source.ts'

export interface CsvTable {
  readonly count: number
  /** All columns of the file, by the names in its first line. */
  readonly header: readonly string[]
  /** Empty cells and what is no number are NaN. */
  readonly numbers: Readonly<Record<string, Float64Array>>
  readonly texts: Readonly<Record<string, TextColumn>>
  /** Milliseconds since 1970, NaN where there is no time; what has no zone is read as UTC. */
  readonly times: Readonly<Record<string, Float64Array>>
}

export interface CsvColumns {
  readonly numbers: readonly string[]
  readonly texts: readonly string[]
  readonly times?: readonly string[]
  /** Columns that may be absent; the others must be there. */
  readonly optional?: readonly string[]
}

const QUOTE = 0x22
const COMMA = 0x2c
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * The wanted columns of a CSV file (RFC 4180), read as a stream: a million rows take about a second.
 * Which are wanted may depend on those that are there. Throws LOG_INVALID for a file that is not there,
 * lacks columns, or has lines of another length.
 */
export async function readCsv(
  source: CsvSource,
  wanted: CsvColumns | ((header: readonly string[]) => CsvColumns),
): Promise<CsvTable> {
  let table: TableBuilder | undefined
  const scanner = rowScanner({
    onBytes: (row, line) => {
      if (table !== undefined) table.addBytes(row, line)
      else table = startTable(source.name, cellsOf(textOf(row)), wanted)
    },
    onText: (text, line) => {
      const cells = cellsOf(text)
      if (table !== undefined) table.addCells(cells, line)
      else table = startTable(source.name, cells, wanted)
    },
  })
  for await (const piece of source.open()) scanner.take(piece)
  scanner.end()
  if (table === undefined) throw invalidCsv(source.name, 'it is empty')
  return table.finish()
}

/** A row without quotes, where it lies. */
interface RowBytes extends CsvBytes {
  readonly start: number
  readonly end: number
}

const textOf = ({ bytes, start, end }: RowBytes) => bytes.toString('utf8', start, end)

interface TableBuilder {
  addBytes(row: RowBytes, line: number): void
  addCells(cells: readonly string[], line: number): void
  finish(): CsvTable
}

function startTable(
  path: string,
  cells: readonly string[],
  wanted: Parameters<typeof readCsv>[1],
): TableBuilder {
  const header = cells.map((name) => name.replace(/^\uFEFF/, '').trim())
  const columnsOf = typeof wanted === 'function' ? wanted(header) : wanted
  const { numbers, texts, times = [] } = columnsOf
  const optional = new Set(columnsOf.optional)
  const missing = [...numbers, ...texts, ...times].filter(
    (name) => !header.includes(name) && !optional.has(name),
  )
  if (missing.length > 0) {
    throw invalidCsv(
      path,
      `it has no column ${missing.join(', ')}; its columns are ${header.join(', ')}`,
    )
  }
  const there = (name: string) => header.includes(name)
  const columns = {
    numbers: numbers.filter(there).map(numberColumn),
    texts: texts.filter(there).map(textColumn),
    times: times.filter(there).map(timeColumn),
  }
  const rows = rowFiller(path, header, [...columns.numbers, ...columns.texts, ...columns.times])
  const finished = <T>(some: readonly ColumnBuilder<T>[]) =>
    Object.fromEntries(some.map((column) => [column.name, column.finish(rows.count())]))
  return {
    ...rows,
    finish: () => ({
      count: rows.count(),
      header,
      numbers: finished(columns.numbers),
      texts: finished(columns.texts),
      times: finished(columns.times),
    }),
  }
}

/** Gives each column its cell of each row. */
function rowFiller(
  path: string,
  header: readonly string[],
  columns: readonly ColumnBuilder<unknown>[],
) {
  const width = header.length
  const places = columns.map(({ name }) => header.indexOf(name))
  /** Where each cell of a row begins, and one behind the last ends. */
  const starts = new Int32Array(width + 1)
  let count = 0
  const checkWidth = (cells: number, line: number) => {
    if (cells === width) return
    throw invalidCsv(path, `line ${line} has ${cells} cells, the first line has ${width}`)
  }
  return {
    count: () => count,
    addBytes: (row: RowBytes, line: number) => {
      const { bytes, start, end } = row
      if (start === end) return
      let cells = 0
      starts[0] = start
      for (let i = start; i < end; i++) {
        if (bytes[i] === COMMA && ++cells < width) starts[cells] = i + 1
      }
      checkWidth(cells + 1, line)
      starts[width] = end + 1
      for (const [j, column] of columns.entries()) {
        const at = places[j]!
        column.addBytes(count, row, starts[at]!, starts[at + 1]! - 1)
      }
      count += 1
    },
    addCells: (cells: readonly string[], line: number) => {
      checkWidth(cells.length, line)
      for (const [j, column] of columns.entries()) column.addText(count, cells[places[j]!]!)
      count += 1
    },
  }
}

interface RowListener {
  onBytes(row: RowBytes, line: number): void
  /** A row with quotes in it, which may hold commas and line ends. */
  onText(text: string, line: number): void
}

/** Cuts bytes into rows; lines are counted from 1. */
function rowScanner({ onBytes, onText }: RowListener) {
  let rest: Buffer = Buffer.alloc(0)
  let line = 0
  const give = (piece: CsvBytes, start: number, end: number, plain: boolean) => {
    const { bytes, latin1 } = piece
    line += 1
    const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end
    if (plain) onBytes({ bytes, latin1, start, end: last }, line)
    else onText(bytes.toString('utf8', start, last), line)
  }
  const takeRows = (piece: CsvBytes): number => {
    const { bytes } = piece
    let start = 0
    let quoted = false
    let plain = true
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (byte === QUOTE) {
        quoted = !quoted
        plain = false
      } else if (byte === LINE_FEED && !quoted) {
        give(piece, start, i, plain)
        start = i + 1
        plain = true
      }
    }
    return start
  }
  return {
    take: (piece: Uint8Array) => {
      const chunk = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      rest = bytes.subarray(takeRows(csvBytes(bytes)))
    },
    end: () => {
      if (rest.length > 0) give(csvBytes(rest), 0, rest.length, !rest.includes(QUOTE))
    },
  }
}

const csvBytes = (bytes: Buffer): CsvBytes => ({ bytes, latin1: bytes.toString('latin1') })

function cellsOf(line: string): readonly string[] {
  const cells: string[] = []
  for (let at = 0; at <= line.length; at++) {
    if (line.charCodeAt(at) !== QUOTE) {
      const comma = line.indexOf(',', at)
      const end = comma < 0 ? line.length : comma
      cells.push(line.slice(at, end))
      at = end
      continue
    }
    const { cell, end } = quotedCell(line, at + 1)
    cells.push(cell)
    at = end
  }
  return cells
}

/** The cell that begins behind a quote, and the place of the comma after it. */
function quotedCell(line: string, start: number): { readonly cell: string; readonly end: number } {
  let cell = ''
  let from = start
  for (;;) {
    const quote = line.indexOf('"', from)
    if (quote < 0) return { cell: cell + line.slice(from), end: line.length }
    cell += line.slice(from, quote)
    if (line.charCodeAt(quote + 1) !== QUOTE) {
      const end = quote + 1
      return { cell, end: line.charCodeAt(end) === COMMA ? end : line.length }
    }
    cell += '"'
    from = quote + 2
  }
}
