/**
 * Records as a frame of the journal. Made for each batch before its answers leave, so it is laid out to
 * be written quickly, a row after the other: `u32 length of the header, u32 rows, header as JSON`, and of
 * each row id, time, latency, confidence, width, height, class, format, probabilities, features. A header
 * of no length is that of the frame before. Little-endian.
 */
import type { PredictionModel, PredictionRecord } from '../../contracts/index.ts'
import { formatId } from '../../core/index.ts'

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
  const { model, features, formats } = header
  const rowBytes = FIXED + 4 * model.classes.length + 8 * features.length
  const bytes = Buffer.allocUnsafe(HEAD + text.length + records.length * rowBytes)
  bytes.writeUInt32LE(text.length, 0)
  bytes.writeUInt32LE(records.length, 4)
  text.copy(bytes, HEAD)
  let at = HEAD + text.length
  for (const { id, time, latency_ms, confidence, image, ...record } of records) {
    bytes.write(id.replaceAll('-', ''), at, 16, 'hex')
    at = bytes.writeDoubleLE(time, at + 16)
    at = bytes.writeFloatLE(latency_ms, at)
    at = bytes.writeFloatLE(confidence, at)
    at = bytes.writeUInt32LE(image.width, at)
    at = bytes.writeUInt32LE(image.height, at)
    at = bytes.writeUInt16LE(model.classes.indexOf(record.predicted_class), at)
    at = bytes.writeUInt16LE(formats.indexOf(image.format), at)
    const { probabilities } = record
    for (let k = 0; k < probabilities.length; k++) at = bytes.writeFloatLE(probabilities[k]!, at)
    for (const name of features) at = bytes.writeDoubleLE(record.features[name]!, at)
  }
  return bytes
}

/** Throws RangeError or SyntaxError for bytes that `encodeRecords` did not make. */
export function decodeRecords(
  bytes: Buffer,
  before: FrameHeader | undefined,
): { readonly header: FrameHeader; readonly records: readonly PredictionRecord[] } {
  const length = bytes.readUInt32LE(0)
  const header =
    length === 0 ? before : (JSON.parse(bytes.toString('utf8', HEAD, HEAD + length)) as FrameHeader)
  if (header?.version !== 1) throw new RangeError('a frame without a header of this version')
  let at = HEAD + length
  const records = Array.from({ length: bytes.readUInt32LE(4) }, () => {
    const record = decodeRecord(bytes, at, header)
    at += FIXED + 4 * header.model.classes.length + 8 * header.features.length
    return record
  })
  return { header, records }
}

function decodeRecord(
  bytes: Buffer,
  start: number,
  { model, features, formats }: FrameHeader,
): PredictionRecord {
  const at = start + 16
  const probabilitiesAt = start + FIXED
  const featuresAt = probabilitiesAt + 4 * model.classes.length
  return {
    id: formatId(bytes.subarray(start, at)),
    time: bytes.readDoubleLE(at),
    model,
    features: Object.fromEntries(
      features.map((name, i) => [name, bytes.readDoubleLE(featuresAt + 8 * i)]),
    ),
    image: {
      width: bytes.readUInt32LE(at + 16),
      height: bytes.readUInt32LE(at + 20),
      format: formats[bytes.readUInt16LE(at + 26)]!,
    },
    predicted_class: model.classes[bytes.readUInt16LE(at + 24)]!,
    confidence: bytes.readFloatLE(at + 12),
    probabilities: model.classes.map((_, k) => bytes.readFloatLE(probabilitiesAt + 4 * k)),
    latency_ms: bytes.readFloatLE(at + 8),
  }
}
