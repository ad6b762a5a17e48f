/**
 * Predictions by column: how they are logged, stored and read. A million rows of ten classes and eight
 * features are 150 MB in these arrays, and a column of them is read without touching the others.
 */
import type { PredictionModel, PredictionRecord } from '../../contracts/index.ts'
import { formatId } from '../../core/index.ts'

export interface PredictionRows {
  /** All rows are of one model. */
  readonly model: PredictionModel
  readonly count: number
  /** [count × 16] */
  readonly ids: Uint8Array
  /** Milliseconds since 1970. */
  readonly times: Float64Array
  readonly latencies: Float32Array
  /** Index into `model.classes`. */
  readonly predicted: Uint16Array
  readonly confidences: Float32Array
  /** [count, classes], row-major. */
  readonly probabilities: Float32Array
  readonly featureNames: readonly string[]
  /** [features][count]: one column after another. */
  readonly features: Float64Array
  readonly widths: Uint32Array
  readonly heights: Uint32Array
  readonly formatNames: readonly string[]
  /** Index into `formatNames`. */
  readonly formats: Uint8Array
}

const HEX = /-/g

/** Records of one model, by column. */
export function toRows(records: readonly PredictionRecord[]): PredictionRows {
  const { model, features } = records[0]!
  const featureNames = Object.keys(features)
  const rows = emptyRows(model, featureNames, records.length)
  const classes = new Map(model.classes.map((name, at) => [name, at]))
  const formatNames: string[] = []
  records.forEach((record, row) => {
    rows.ids.write(record.id.replace(HEX, ''), row * 16, 16, 'hex')
    rows.times[row] = record.time
    rows.latencies[row] = record.latency_ms
    rows.predicted[row] = classes.get(record.predicted_class) ?? 0
    rows.confidences[row] = record.confidence
    rows.probabilities.set(record.probabilities, row * model.classes.length)
    featureNames.forEach((name, at) => {
      rows.features[at * records.length + row] = record.features[name] ?? Number.NaN
    })
    rows.widths[row] = record.image.width
    rows.heights[row] = record.image.height
    rows.formats[row] = indexOf(formatNames, record.image.format)
  })
  return { ...rows, formatNames }
}

/** Columns to be filled. */
export type WritableRows = ReturnType<typeof emptyRows>

export function emptyRows(model: PredictionModel, featureNames: readonly string[], count: number) {
  return {
    model,
    count,
    featureNames,
    formatNames: [] as readonly string[],
    ids: Buffer.alloc(count * 16),
    times: new Float64Array(count),
    latencies: new Float32Array(count),
    predicted: new Uint16Array(count),
    confidences: new Float32Array(count),
    probabilities: new Float32Array(count * model.classes.length),
    features: new Float64Array(featureNames.length * count),
    widths: new Uint32Array(count),
    heights: new Uint32Array(count),
    formats: new Uint8Array(count),
  }
}

function indexOf(names: string[], name: string): number {
  const at = names.indexOf(name)
  if (at >= 0) return at
  return names.push(name) - 1
}

/** The rows as records again, for exports and tests. */
export function toRecords(rows: PredictionRows): PredictionRecord[] {
  return Array.from({ length: rows.count }, (_, row) => recordAt(rows, row))
}

function recordAt(rows: PredictionRows, row: number): PredictionRecord {
  const { model, featureNames, count } = rows
  const k = model.classes.length
  return {
    id: idAt(rows, row),
    time: rows.times[row]!,
    model,
    features: Object.fromEntries(
      featureNames.map((name, at) => [name, rows.features[at * count + row]!]),
    ),
    image: {
      width: rows.widths[row]!,
      height: rows.heights[row]!,
      format: rows.formatNames[rows.formats[row]!]!,
    },
    predicted_class: model.classes[rows.predicted[row]!]!,
    confidence: rows.confidences[row]!,
    probabilities: [...rows.probabilities.subarray(row * k, (row + 1) * k)],
    latency_ms: rows.latencies[row]!,
  }
}

export function idAt({ ids }: PredictionRows, row: number): string {
  return formatId(ids.subarray(row * 16, row * 16 + 16))
}

/** What rows that lie in one piece have in common. */
export type RowsKind = Pick<PredictionRows, 'model' | 'featureNames'>

/** Whether rows may lie in one piece: the same model, and the same features in the same order. */
export function isSameKind(a: RowsKind, b: RowsKind): boolean {
  return (
    a.model.sha256 === b.model.sha256 &&
    a.model.name === b.model.name &&
    a.model.version === b.model.version &&
    a.featureNames.join() === b.featureNames.join()
  )
}

/** Rows of one kind, one after another. */
export function joinRows(parts: readonly PredictionRows[]): PredictionRows {
  const [first] = parts
  if (parts.length === 1) return first!
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  const { model, featureNames } = first!
  const joined = emptyRows(model, featureNames, count)
  const formatNames: string[] = []
  let row = 0
  for (const part of parts) {
    copyRows(part, joined, row)
    for (let i = 0; i < part.count; i++) {
      joined.formats[row + i] = indexOf(formatNames, part.formatNames[part.formats[i]!]!)
    }
    row += part.count
  }
  return { ...joined, formatNames }
}

function copyRows(from: PredictionRows, to: WritableRows, row: number): void {
  to.ids.set(from.ids, row * 16)
  to.times.set(from.times, row)
  to.latencies.set(from.latencies, row)
  to.predicted.set(from.predicted, row)
  to.confidences.set(from.confidences, row)
  to.probabilities.set(from.probabilities, row * to.model.classes.length)
  to.widths.set(from.widths, row)
  to.heights.set(from.heights, row)
  from.featureNames.forEach((_, at) => {
    const column = from.features.subarray(at * from.count, (at + 1) * from.count)
    to.features.set(column, at * to.count + row)
  })
}

/** The rows `keep` says yes to. */
export function filterRows(rows: PredictionRows, keep: (row: number) => boolean): PredictionRows {
  const kept: number[] = []
  for (let row = 0; row < rows.count; row++) if (keep(row)) kept.push(row)
  if (kept.length === rows.count) return rows
  const k = rows.model.classes.length
  const picked = emptyRows(rows.model, rows.featureNames, kept.length)
  kept.forEach((from, to) => {
    picked.ids.set(rows.ids.subarray(from * 16, from * 16 + 16), to * 16)
    picked.times[to] = rows.times[from]!
    picked.latencies[to] = rows.latencies[from]!
    picked.predicted[to] = rows.predicted[from]!
    picked.confidences[to] = rows.confidences[from]!
    picked.probabilities.set(rows.probabilities.subarray(from * k, (from + 1) * k), to * k)
    picked.widths[to] = rows.widths[from]!
    picked.heights[to] = rows.heights[from]!
    picked.formats[to] = rows.formats[from]!
    for (let at = 0; at < rows.featureNames.length; at++) {
      picked.features[at * kept.length + to] = rows.features[at * rows.count + from]!
    }
  })
  return { ...picked, formatNames: rows.formatNames }
}
