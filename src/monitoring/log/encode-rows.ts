import type { PredictionModel } from '../../contracts/index.ts'
import type { PredictionRows } from './prediction-rows.ts'

/**
 * Rows as bytes: `u32 length of the header, u32 count, header as JSON, zeros to a multiple of 8`, then the
 * columns in the order of `COLUMNS`, each from a multiple of 8. A header of no length is that of the rows
 * before. Numbers are little-endian, as on every platform that Node runs on.
 */
interface Header {
  readonly version: 1
  readonly model: PredictionModel
  readonly features: readonly string[]
  readonly formats: readonly string[]
}

interface Numbers extends ArrayBufferView {
  readonly byteLength: number
}

const COLUMNS = [
  ['times', Float64Array],
  ['features', Float64Array],
  ['latencies', Float32Array],
  ['confidences', Float32Array],
  ['probabilities', Float32Array],
  ['widths', Uint32Array],
  ['heights', Uint32Array],
  ['predicted', Uint16Array],
  ['formats', Uint8Array],
  ['ids', Uint8Array],
] as const
type ColumnName = (typeof COLUMNS)[number][0]

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8

const HEAD = 8
const NOTHING = Buffer.alloc(0)

/** `before`: rows that stand before these wherever they will be read. */
export function encodeRows(rows: PredictionRows, before?: PredictionRows): Buffer {
  const isKnown = before !== undefined && hasSameHeader(before, rows)
  const text = isKnown ? NOTHING : headerOf(rows)
  const start = aligned(HEAD + text.length)
  const columns = COLUMNS.map(([name]): Numbers => rows[name])
  const size = columns.reduce((sum, { byteLength }) => sum + aligned(byteLength), start)
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32LE(text.length, 0)
  bytes.writeUInt32LE(rows.count, 4)
  bytes.set(text, HEAD)
  let offset = start
  for (const { buffer, byteOffset, byteLength } of columns) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset)
    offset += aligned(byteLength)
  }
  return bytes
}

function headerOf({ model, featureNames, formatNames }: PredictionRows): Buffer {
  const header: Header = { version: 1, model, features: featureNames, formats: formatNames }
  return Buffer.from(JSON.stringify(header))
}

/** The model of a service is one object for as long as it serves. */
function hasSameHeader(a: PredictionRows, b: PredictionRows): boolean {
  const isEqual = (some: readonly string[], other: readonly string[]) =>
    some.length === other.length && some.every((name, at) => name === other[at])
  return (
    a.model === b.model &&
    isEqual(a.featureNames, b.featureNames) &&
    isEqual(a.formatNames, b.formatNames)
  )
}

/** Throws RangeError or SyntaxError for bytes that `encodeRows` did not make. */
export function decodeRows(bytes: Uint8Array, before?: PredictionRows): PredictionRows {
  // columns begin at multiples of 8 of the bytes, so the bytes themselves must too
  const whole = (
    bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes)
  ) as Uint8Array<ArrayBuffer>
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  const length = view.getUint32(0, true)
  const count = view.getUint32(4, true)
  const { model, features, formats } =
    length === 0 ? knownHeader(before) : readHeader(whole.subarray(HEAD, HEAD + length))
  const lengths: Readonly<Record<ColumnName, number>> = {
    times: count,
    features: count * features.length,
    latencies: count,
    confidences: count,
    probabilities: count * model.classes.length,
    widths: count,
    heights: count,
    predicted: count,
    formats: count,
    ids: count * 16,
  }
  let offset = whole.byteOffset + aligned(HEAD + length)
  const end = whole.byteOffset + whole.byteLength
  const columns = COLUMNS.map(([name, Column]) => {
    const column = new Column(whole.buffer, offset, lengths[name])
    if (offset + column.byteLength > end) throw new RangeError('rows that end early')
    offset += aligned(column.byteLength)
    return [name, column] as const
  })
  return {
    model,
    count,
    featureNames: features,
    formatNames: formats,
    ...(Object.fromEntries(columns) as Pick<PredictionRows, ColumnName>),
  }
}

function readHeader(bytes: Uint8Array): Header {
  const header: Header = JSON.parse(Buffer.from(bytes).toString('utf8'))
  if (header.version !== 1) throw new RangeError(`rows of version ${header.version}`)
  return header
}

function knownHeader(before: PredictionRows | undefined): Omit<Header, 'version'> {
  if (before === undefined) throw new RangeError('rows without a header')
  const { model, featureNames: features, formatNames: formats } = before
  return { model, features, formats }
}
