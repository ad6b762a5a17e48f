/** Columns of a CSV file that is read row by row: values go straight from the file's bytes into typed arrays. */

/** A column of texts of which few differ. */
export interface TextColumn {
  readonly names: readonly string[]
  /** Index into `names`, a row each. */
  readonly codes: Uint32Array
}

/** A piece of a file. */
export interface CsvBytes {
  readonly bytes: Buffer
  /** A letter for each byte: cutting cells out of one text costs less than decoding each. */
  readonly latin1: string
}

/** Takes the cell of one row after the other. */
export interface ColumnBuilder<T> {
  readonly name: string
  /** A cell without quotes: the bytes from `start` up to `end`. */
  addBytes(row: number, piece: CsvBytes, start: number, end: number): void
  addText(row: number, cell: string): void
  /** The first `count` rows. */
  finish(count: number): T
}

const FIRST_ROWS = 1024
const [ZERO, NINE, DOT, MINUS] = [0x30, 0x39, 0x2e, 0x2d] as const

/** Empty cells and what is no number are NaN. */
export function numberColumn(name: string): ColumnBuilder<Float64Array> {
  return valueColumn(name, numberIn, numberOf)
}

/** Milliseconds since 1970, NaN where there is no time. What has no zone is read as UTC. */
export function timeColumn(name: string): ColumnBuilder<Float64Array> {
  return valueColumn(name, timeIn, timeOf)
}

/** `read` gives undefined for what it leaves to `parse`. */
function valueColumn(
  name: string,
  read: (bytes: Buffer, start: number, end: number) => number | undefined,
  parse: (cell: string) => number,
): ColumnBuilder<Float64Array> {
  let values = new Float64Array(FIRST_ROWS)
  const put = (row: number, value: number) => {
    if (row === values.length) values = grown(values, new Float64Array(row * 2))
    values[row] = value
  }
  return {
    name,
    addBytes: (row, { bytes, latin1 }, start, end) =>
      put(row, read(bytes, start, end) ?? parse(latin1.slice(start, end))),
    addText: (row, cell) => put(row, parse(cell)),
    finish: (count) => values.subarray(0, count),
  }
}

export function textColumn(name: string): ColumnBuilder<TextColumn> {
  const known = new Map<string, number>()
  /** By hash of its bytes: the name that was seen last under it. */
  const recent = new Map<number, { readonly bytes: Buffer; readonly code: number }>()
  let codes = new Uint32Array(FIRST_ROWS)
  const put = (row: number, code: number) => {
    if (row === codes.length) codes = grown(codes, new Uint32Array(row * 2))
    codes[row] = code
  }
  const codeOf = (cell: string) => {
    const code = known.get(cell) ?? known.size
    known.set(cell, code)
    return code
  }
  return {
    name,
    addBytes: (row, { bytes }, start, end) => {
      const hash = hashOf(bytes, start, end)
      const seen = recent.get(hash)
      if (seen !== undefined && isEqual(seen.bytes, bytes, start, end)) return put(row, seen.code)
      const code = codeOf(bytes.toString('utf8', start, end))
      recent.set(hash, { bytes: Buffer.from(bytes.subarray(start, end)), code })
      put(row, code)
    },
    addText: (row, cell) => put(row, codeOf(cell)),
    finish: (count) => ({ names: [...known.keys()], codes: codes.subarray(0, count) }),
  }
}

function grown<T extends Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(from: T, to: T): T {
  to.set(from)
  return to
}

/** FNV-1a */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash
}

function isEqual(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}

/** Digits whose number a double holds exactly, as it does the powers of ten up to 22. */
const EXACT_DIGITS = 15
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i)

/** A plain decimal number that is short enough for one exact division; the rest is left to the engine. */
function numberIn(bytes: Buffer, start: number, end: number): number | undefined {
  const negative = bytes[start] === MINUS
  const from = negative ? start + 1 : start
  if (end - from > EXACT_DIGITS + 1 || end === from) return undefined
  let value = 0
  let digits = 0
  let dot = -1
  for (let i = from; i < end; i++) {
    const byte = bytes[i]!
    if (byte === DOT && dot < 0) dot = i
    else if (byte < ZERO || byte > NINE) return undefined
    else {
      value = value * 10 + (byte - ZERO)
      digits++
    }
  }
  if (digits === 0 || digits > EXACT_DIGITS) return undefined
  const size = dot < 0 ? value : value / POWERS[end - 1 - dot]!
  return negative ? -size : size
}

/** Python writes `inf` and `nan`. */
function numberOf(cell: string): number {
  if (cell === '') return Number.NaN
  const value = Number(cell)
  if (!Number.isNaN(value)) return value
  const infinite = /^\s*([+-]?)inf(?:inity)?\s*$/i.exec(cell)
  if (infinite === null) return Number.NaN
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

const DAY_MS = 86_400_000
const [DASH, COLON, T, SPACE, Z] = [0x2d, 0x3a, 0x54, 0x20, 0x5a] as const
/** Of `2026-11-25T09:30:00`; what follows are parts of a second and a zone. */
const CLOCK_LENGTH = 19

/** A time as programs write it, in UTC or without a zone; the rest is left to the engine. */
function timeIn(bytes: Buffer, at: number, end: number): number | undefined {
  if (end - at < CLOCK_LENGTH) return undefined
  const between = bytes[at + 10]
  if (bytes[at + 4] !== DASH || bytes[at + 7] !== DASH) return undefined
  if (between !== T && between !== SPACE) return undefined
  if (bytes[at + 13] !== COLON || bytes[at + 16] !== COLON) return undefined
  const [year, month, day] = [
    digitsIn(bytes, at, 4),
    digitsIn(bytes, at + 5, 2),
    digitsIn(bytes, at + 8, 2),
  ]
  const [hour, minute] = [digitsIn(bytes, at + 11, 2), digitsIn(bytes, at + 14, 2)]
  const second = digitsIn(bytes, at + 17, 2)
  const rest = millisecondsIn(bytes, at + CLOCK_LENGTH, end)
  // the last days of a month, and what is no time at all, are for those who know the calendar
  const isPlain = inside(month, 1, 12) && inside(day, 1, 28) && inside(hour, 0, 23)
  if (!isPlain || !inside(minute, 0, 59) || !inside(second, 0, 59)) return undefined
  if (year < 0 || rest === undefined) return undefined
  return (
    daysSince1970(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + rest
  )
}

const inside = (value: number, low: number, high: number) => value >= low && value <= high

/** -1 for what is no number. */
function digitsIn(bytes: Buffer, start: number, count: number): number {
  let value = 0
  for (let i = start; i < start + count; i++) {
    const byte = bytes[i]!
    if (byte < ZERO || byte > NINE) return -1
    value = value * 10 + (byte - ZERO)
  }
  return value
}

/** Whole milliseconds behind the seconds, what is finer cut off; undefined where a zone follows. */
function millisecondsIn(bytes: Buffer, start: number, end: number): number | undefined {
  const last = bytes[end - 1] === Z ? end - 1 : end
  if (start === last) return 0
  if (bytes[start] !== DOT || last - start < 2) return undefined
  let value = 0
  for (let i = 0; i < last - start - 1; i++) {
    const byte = bytes[start + 1 + i]!
    if (byte < ZERO || byte > NINE) return undefined
    if (i < 3) value += (byte - ZERO) * 10 ** (2 - i)
  }
  return value
}

/** In the Gregorian calendar, with years that begin in March, so that the odd day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1
  const days = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + days - 719_468
}

/** Python writes times without a zone and means its own. */
function timeOf(cell: string): number {
  const iso = cell.trim().replace(' ', 'T')
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`)
}
