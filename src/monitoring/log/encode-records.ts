/**
 * Records as a frame of the journal. Made for each batch before its answers leave, so it is laid out to
 * be written quickly, a row after the other: `u32 length of the header, u32 rows, header as JSON`, and of
 * each row id, time, latency, confidence, width, height, class, format, probabilities, features. A header
 * of no length is that of the frame before. Little-endian.
 */
import type { PredictionModel, PredictionRecord } from '../../contracts/index.ts'
import { emptyRows, type PredictionRows, type WritableRows } from './prediction-rows.ts'

export interface FrameHeader {
  readonly version: 1
  readonly model: PredictionModel
  readonly features: readonly string[]
  readonly formats: readonly string[]
}

const HEAD = 8
/** Of a row, before its probabilities and features. */
const FIXED = 16 + 8 + 4 + 4 + 4 + 4 + 2 + 2
const NOTHING = Buffer.alloc(0)

/** The header that records of one model can be written under: that of the frame before, if it does. */
export function frameHeader(
  records: readonly PredictionRecord[],
  before: FrameHeader | undefined,
): FrameHeader {
  const { model, features } = records[0]!
  // a service's model is one object for as long as it serves
  const fits =
    before !== undefined &&
    before.model === model &&
    records.every(({ image }) => before.formats.includes(image.format)) &&
    hasKeys(features, before.features)
  if (fits) return before
  const formats = [...new Set(records.map(({ image }) => image.format))]
  return { version: 1, model, features: Object.keys(features), formats }
}

function hasKeys(features: Readonly<Record<string, number>>, names: readonly string[]): boolean {
  let at = 0
  for (const name in features) if (name !== names[at++]) return false
  return at === names.length
}

export function encodeRecords(
  records: readonly PredictionRecord[],
  header: FrameHeader,
  before: FrameHeader | undefined,
): Buffer {
  const text = header === before ? NOTHING : Buffer.from(JSON.stringify(header))
  const bytes = Buffer.allocUnsafe(HEAD + text.length + records.length * rowBytes(header))
  bytes.writeUInt32LE(text.length, 0)
  bytes.writeUInt32LE(records.length, 4)
  text.copy(bytes, HEAD)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = HEAD + text.length
  for (const record of records) at = encodeRecord(bytes, view, at, record, header)
  return bytes
}

function encodeRecord(
  bytes: Buffer,
  view: DataView,
  start: number,
  record: PredictionRecord,
  { model, features, formats }: FrameHeader,
): number {
  const { id, time, latency_ms, confidence, image, predicted_class, probabilities } = record
  bytes.write(id.replaceAll('-', ''), start, 16, 'hex')
  let at = start + 16
  view.setFloat64(at, time, true)
  view.setFloat32(at + 8, latency_ms, true)
  view.setFloat32(at + 12, confidence, true)
  view.setUint32(at + 16, image.width, true)
  view.setUint32(at + 20, image.height, true)
  view.setUint16(at + 24, model.classes.indexOf(predicted_class), true)
  view.setUint16(at + 26, formats.indexOf(image.format), true)
  at = start + FIXED
  for (let k = 0; k < probabilities.length; k++, at += 4) {
    view.setFloat32(at, probabilities[k]!, true)
  }
  for (let f = 0; f < features.length; f++, at += 8) {
    view.setFloat64(at, record.features[features[f]!]!, true)
  }
  return at
}

const rowBytes = ({ model, features }: FrameHeader) =>
  FIXED + 4 * model.classes.length + 8 * features.length

/** A frame whose rows are not looked at yet. */
export interface RowFrame {
  readonly header: FrameHeader
  readonly count: number
  readonly bytes: Buffer
  /** Of the first row. */
  readonly start: number
}

/** Throws RangeError or SyntaxError for bytes that `encodeRecords` did not make. */
export function readFrame(bytes: Buffer, before: FrameHeader | undefined): RowFrame {
  const length = bytes.readUInt32LE(0)
  const count = bytes.readUInt32LE(4)
  const start = HEAD + length
  const header =
    length === 0 ? before : (JSON.parse(bytes.toString('utf8', HEAD, start)) as FrameHeader)
  if (header?.version !== 1) throw new RangeError('a frame without a header of this version')
  if (start + count * rowBytes(header) > bytes.length)
    throw new RangeError('a frame that ends early')
  return { header, count, bytes, start }
}

/** When the first prediction of a frame was made. */
export function firstTime({ bytes, start }: RowFrame): number {
  return bytes.readDoubleLE(start + 16)
}

/** All rows of frames of one model with the same features. */
export function rowsOfFrames(frames: readonly RowFrame[]): PredictionRows {
  const { model, features } = frames[0]!.header
  const count = frames.reduce((sum, frame) => sum + frame.count, 0)
  const rows = emptyRows(model, features, count)
  const formatNames = [...new Set(frames.flatMap(({ header }) => header.formats))]
  let row = 0
  for (const frame of frames) {
    const formats = frame.header.formats.map((name) => formatNames.indexOf(name))
    copyRows(frame, formats, rows, row)
    row += frame.count
  }
  return { ...rows, formatNames }
}

function copyRows(
  { header, count, bytes, start }: RowFrame,
  formats: readonly number[],
  rows: WritableRows,
  first: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const [classes, features] = [header.model.classes.length, header.features.length]
  let at = start
  for (let row = first; row < first + count; row++) {
    for (let i = 0; i < 16; i++) rows.ids[row * 16 + i] = bytes[at + i]!
    rows.times[row] = view.getFloat64(at + 16, true)
    rows.latencies[row] = view.getFloat32(at + 24, true)
    rows.confidences[row] = view.getFloat32(at + 28, true)
    rows.widths[row] = view.getUint32(at + 32, true)
    rows.heights[row] = view.getUint32(at + 36, true)
    rows.predicted[row] = view.getUint16(at + 40, true)
    rows.formats[row] = formats[view.getUint16(at + 42, true)]!
    at += FIXED
    for (let k = 0; k < classes; k++, at += 4) {
      rows.probabilities[row * classes + k] = view.getFloat32(at, true)
    }
    for (let f = 0; f < features; f++, at += 8) {
      rows.features[f * rows.count + row] = view.getFloat64(at, true)
    }
  }
}
