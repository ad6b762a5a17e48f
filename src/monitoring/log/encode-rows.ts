import type { PredictionModel } from '../../contracts/index.ts'
import type { PredictionRows } from './prediction-rows.ts'

/**
 * Rows as bytes: `u32 length of the header, header as JSON, zeros to a multiple of 8`, then the columns
 * in the order of `COLUMNS`, each from a multiple of 8. Numbers are little-endian, as on every platform
 * that Node runs on.
 */
interface Header {
  readonly version: 1
  readonly count: number
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

export function encodeRows(rows: PredictionRows): Buffer {
  const header: Header = {
    version: 1,
    count: rows.count,
    model: rows.model,
    features: rows.featureNames,
    formats: rows.formatNames,
  }
  const text = Buffer.from(JSON.stringify(header))
  const start = aligned(4 + text.length)
  const columns = COLUMNS.map(([name]): Numbers => rows[name])
  const size = columns.reduce((sum, { byteLength }) => sum + aligned(byteLength), start)
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32LE(text.length, 0)
  bytes.set(text, 4)
  let offset = start
  for (const { buffer, byteOffset, byteLength } of columns) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset)
    offset += aligned(byteLength)
  }
  return bytes
}

/** Throws RangeError or SyntaxError for bytes that `encodeRows` did not make. */
export function decodeRows(bytes: Uint8Array): PredictionRows {
  // columns begin at multiples of 8 of the bytes, so the bytes themselves must too
  const whole = (
    bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes)
  ) as Uint8Array<ArrayBuffer>
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength)
  const length = view.getUint32(0, true)
  const text = Buffer.from(whole.buffer, whole.byteOffset + 4, length).toString('utf8')
  const { version, count, model, features, formats }: Header = JSON.parse(text)
  if (version !== 1) throw new RangeError(`rows of version ${version}`)
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
  let offset = whole.byteOffset + aligned(4 + length)
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
