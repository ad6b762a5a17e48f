export interface ChartLine {
  /** One letter, drawn where the line ends. */
  readonly label: string
  /** In the order of `xs`; what is not finite is left out. */
  readonly ys: ArrayLike<number>
  readonly xs: ArrayLike<number>
}

export interface ChartSize {
  /** Characters between the axis and the labels. */
  readonly columns: number
  readonly rows: number
}

/** Dots of a braille character by row and column: bits of the code point. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const
const BLANK = 0x2800

interface Range {
  readonly low: number
  readonly high: number
}

/**
 * Lines over a common axis in braille dots, two by four a character, with the highest and the
 * lowest value at the left, and the first and the last x below. Undefined when there is nothing to draw.
 */
export function lineChart(lines: readonly ChartLine[], size: ChartSize): string | undefined {
  const series = lines.map(({ label, xs, ys }) => ({
    label,
    points: Array.from(xs, (x, i) => ({ x, y: ys[i]! })).filter(({ y }) => Number.isFinite(y)),
  }))
  const all = series.flatMap(({ points }) => points)
  if (all.length === 0) return undefined
  const x = rangeOf(all.map((point) => point.x))
  const y = rangeOf(all.map((point) => point.y))
  const width = 2 * size.columns
  const height = 4 * size.rows
  const cells = Array.from({ length: size.rows }, () => new Uint16Array(size.columns))
  const ends = Array.from({ length: size.rows }, () => '')
  for (const { label, points } of series) {
    const dots = points.map((point) => ({
      x: place(point.x, x, width),
      y: height - 1 - place(point.y, y, height),
    }))
    for (const [i, dot] of dots.entries()) drawLine(cells, dots[i - 1] ?? dot, dot)
    const last = dots.at(-1)
    if (last !== undefined) ends[Math.floor(last.y / 4)] += label
  }
  return assemble(cells, ends, x, y)
}

function rangeOf(values: readonly number[]): Range {
  return {
    low: values.reduce((a, b) => Math.min(a, b)),
    high: values.reduce((a, b) => Math.max(a, b)),
  }
}

/** Which of `count` places a value takes; the middle when all values are one. */
function place(value: number, { low, high }: Range, count: number): number {
  if (high === low) return Math.floor((count - 1) / 2)
  return Math.round(((value - low) / (high - low)) * (count - 1))
}

interface Dot {
  readonly x: number
  readonly y: number
}

function drawLine(cells: readonly Uint16Array[], from: Dot, to: Dot): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1)
  for (let i = 0; i <= steps; i++) {
    const x = Math.round(from.x + ((to.x - from.x) * i) / steps)
    const y = Math.round(from.y + ((to.y - from.y) * i) / steps)
    cells[y >> 2]![x >> 1]! |= DOTS[y & 3]![x & 1]!
  }
}

function assemble(
  cells: readonly Uint16Array[],
  ends: readonly string[],
  x: Range,
  y: Range,
): string {
  const [high, low] = [axisNumber(y.high), axisNumber(y.low)]
  const margin = Math.max(high.length, low.length)
  const rows = cells.map((row, at) => {
    const text = at === 0 ? high : at === cells.length - 1 && high !== low ? low : ''
    const drawn = Array.from(row, (bits) => (bits === 0 ? ' ' : String.fromCodePoint(BLANK + bits)))
    return `${text.padStart(margin)} │${drawn.join('')} ${ends[at]}`.trimEnd()
  })
  const columns = cells[0]!.length
  const [first, last] = [axisNumber(x.low), axisNumber(x.high)]
  const gap = Math.max(1, columns - first.length - last.length)
  const scale = x.low === x.high ? first : `${first}${' '.repeat(gap)}${last}`
  return [
    ...rows,
    `${' '.repeat(margin)} └${'─'.repeat(columns)}`,
    `${' '.repeat(margin + 2)}${scale}`,
  ].join('\n')
}

const axisNumber = (value: number) =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
