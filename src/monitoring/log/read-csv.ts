import { createReadStream } from 'node:fs'
import { AtelierError } from '../../core/index.ts'

/** A column of texts of which few differ. */
export interface TextColumn {
  readonly names: readonly string[]
  /** Index into `names`, a row each. */
  readonly codes: Uint32Array
}

export interface CsvTable {
  readonly count: number
  /** All columns of the file, by the names in its first line. */
  readonly header: readonly string[]
  /** Empty cells and what is no number are NaN. */
  readonly numbers: Readonly<Record<string, Float64Array>>
  readonly texts: Readonly<Record<string, TextColumn>>
}

export interface CsvColumns {
  readonly numbers: readonly string[]
  readonly texts: readonly string[]
  /** Columns that may be absent; the others must be there. */
  readonly optional?: readonly string[]
}

const QUOTE = 0x22
const COMMA = 0x2c
const LINE_FEED = 0x0a
const FIRST_ROWS = 1024

/**
 * The wanted columns of a CSV file (RFC 4180), read as a stream: a million rows take about a second.
 * Throws LOG_INVALID for a file that is not there, lacks columns, or has lines of another length.
 */
export async function readCsv(path: string, wanted: CsvColumns): Promise<CsvTable> {
  let table: TableBuilder | undefined
  let line = 0
  const onRow = (cells: readonly string[]) => {
    line += 1
    if (table === undefined) table = startTable(path, cells, wanted)
    else if (cells.length > 1 || cells[0] !== '') table.add(cells, line)
  }
  const scanner = rowScanner(onRow)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      scanner.take(chunk as Buffer)
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause
    throw invalid(path, 'there is no such file', cause)
  }
  scanner.end()
  if (table === undefined) throw invalid(path, 'it is empty')
  return table.finish()
}

interface TableBuilder {
  add(cells: readonly string[], line: number): void
  finish(): CsvTable
}

function startTable(path: string, cells: readonly string[], wanted: CsvColumns): TableBuilder {
  const header = cells.map((name) => name.replace(/^\uFEFF/, '').trim())
  const optional = new Set(wanted.optional)
  const missing = [...wanted.numbers, ...wanted.texts].filter(
    (name) => !header.includes(name) && !optional.has(name),
  )
  if (missing.length > 0) {
    throw invalid(
      path,
      `it has no column ${missing.join(', ')}; its columns are ${header.join(', ')}`,
    )
  }
  const there = (name: string) => header.includes(name)
  const numbers = wanted.numbers.filter(there).map((name) => numberColumn(name, header))
  const texts = wanted.texts.filter(there).map((name) => textColumn(name, header))
  let count = 0
  return {
    add: (row, line) => {
      if (row.length !== header.length) {
        throw invalid(
          path,
          `line ${line} has ${row.length} cells, the first line has ${header.length}`,
        )
      }
      for (const column of numbers) column.add(count, row)
      for (const column of texts) column.add(count, row)
      count += 1
    },
    finish: () => ({
      count,
      header,
      numbers: Object.fromEntries(numbers.map((column) => [column.name, column.finish(count)])),
      texts: Object.fromEntries(texts.map((column) => [column.name, column.finish(count)])),
    }),
  }
}

function numberColumn(name: string, header: readonly string[]) {
  const at = header.indexOf(name)
  let values = new Float64Array(FIRST_ROWS)
  return {
    name,
    add: (row: number, cells: readonly string[]) => {
      if (row === values.length) values = grown(values, new Float64Array(row * 2))
      const cell = cells[at]!
      values[row] = cell === '' ? Number.NaN : numberOf(cell)
    },
    finish: (count: number) => values.subarray(0, count),
  }
}

/** Python writes `inf` and `nan`. */
function numberOf(cell: string): number {
  const value = Number(cell)
  if (!Number.isNaN(value)) return value
  const infinite = /^\s*([+-]?)inf(?:inity)?\s*$/i.exec(cell)
  if (infinite === null) return Number.NaN
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function textColumn(name: string, header: readonly string[]) {
  const at = header.indexOf(name)
  const known = new Map<string, number>()
  let codes = new Uint32Array(FIRST_ROWS)
  return {
    name,
    add: (row: number, cells: readonly string[]) => {
      if (row === codes.length) codes = grown(codes, new Uint32Array(row * 2))
      const cell = cells[at]!
      let code = known.get(cell)
      if (code === undefined) {
        code = known.size
        known.set(cell, code)
      }
      codes[row] = code
    },
    finish: (count: number): TextColumn => ({
      names: [...known.keys()],
      codes: codes.subarray(0, count),
    }),
  }
}

function grown<T extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Cuts bytes into rows of cells. A quoted cell may hold commas and line ends. */
function rowScanner(onRow: (cells: readonly string[]) => void) {
  let rest: Buffer = Buffer.alloc(0)
  const takeRows = (bytes: Buffer): number => {
    let start = 0
    let quoted = false
    let plain = true
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (byte === QUOTE) {
        quoted = !quoted
        plain = false
      } else if (byte === LINE_FEED && !quoted) {
        onRow(cellsOf(bytes.toString('utf8', start, i), plain))
        start = i + 1
        plain = true
      }
    }
    return start
  }
  return {
    take: (chunk: Buffer) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      rest = bytes.subarray(takeRows(bytes))
    },
    end: () => {
      if (rest.length > 0) onRow(cellsOf(rest.toString('utf8'), !rest.includes(QUOTE)))
    },
  }
}

function cellsOf(text: string, plain: boolean): readonly string[] {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text
  if (plain) return line.split(',')
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

function invalid(path: string, reason: string, cause?: unknown): AtelierError {
  return new AtelierError('LOG_INVALID', `${path} cannot be read: ${reason}.`, {
    hint: 'Give a CSV file with these columns in its first line.',
    cause,
    data: { path },
  })
}
