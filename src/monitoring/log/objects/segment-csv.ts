import type { PredictionModel } from '../../../contracts/index.ts'
import type { TextColumn } from '../csv-columns.ts'
import { CSV_COLUMNS, csvText, DETAIL_COLUMNS, probabilityColumn } from '../csv-sink.ts'
import type { CsvSource } from '../csv-source.ts'
import { idAt, type PredictionRows } from '../prediction-rows.ts'
import { type CsvTable, readCsv } from '../read-csv.ts'

const [TIME, BRIGHTNESS, CONTRAST, CLASS, CONFIDENCE] = CSV_COLUMNS
const [WIDTH, HEIGHT, FORMAT, LATENCY, ID] = DETAIL_COLUMNS
/** Of the features, these stand first. */
const LEADING: readonly string[] = [BRIGHTNESS, CONTRAST]

/** Rows as a CSV file: the columns of the Python original, then all else that is known. */
export function formatSegment(rows: PredictionRows): string {
  const { model, count, featureNames, times, confidences, widths, heights, latencies } = rows
  const further = featureNames.filter((name) => !LEADING.includes(name))
  const feature = (name: string, row: number) => {
    const at = featureNames.indexOf(name)
    return at < 0 ? '' : numberText(rows.features[at * count + row]!)
  }
  const k = model.classes.length
  const line = (row: number) =>
    [
      new Date(times[row]!).toISOString(),
      ...LEADING.map((name) => feature(name, row)),
      ...[csvText(model.classes[rows.predicted[row]!]!), floatText(confidences[row]!)],
      ...further.map((name) => feature(name, row)),
      ...[widths[row], heights[row], csvText(rows.formatNames[rows.formats[row]!]!)],
      ...[floatText(latencies[row]!), idAt(rows, row)],
      ...Array.from(rows.probabilities.subarray(row * k, (row + 1) * k), floatText),
    ].join()
  const probabilities = model.classes.map((name) => csvText(probabilityColumn(name)))
  const header = [...CSV_COLUMNS, ...further, ...DETAIL_COLUMNS, ...probabilities].join()
  return `${[header, ...Array.from({ length: count }, (_, row) => line(row))].join('\n')}\n`
}

const numberText = (value: number) => (Number.isNaN(value) ? '' : String(value))

/** The shortest text that names this number among those of 32 bits. */
function floatText(value: number): string {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return numberText(value)
}

/** The rows of `formatSegment`. Throws LOG_INVALID. */
export async function readSegment(
  source: CsvSource,
  model: PredictionModel,
): Promise<PredictionRows> {
  let featureNames: readonly string[] = []
  const table = await readCsv(source, (header) => {
    featureNames = [
      ...LEADING,
      ...header.slice(header.indexOf(CONFIDENCE) + 1, header.indexOf(WIDTH)),
    ]
    return {
      numbers: [
        ...[...featureNames, CONFIDENCE, WIDTH, HEIGHT, LATENCY],
        ...model.classes.map(probabilityColumn),
      ],
      texts: [CLASS, FORMAT, ID],
      times: [TIME],
    }
  })
  return rowsOf(table, model, featureNames)
}

function rowsOf(
  { count, numbers, texts, times }: CsvTable,
  model: PredictionModel,
  featureNames: readonly string[],
): PredictionRows {
  const features = new Float64Array(featureNames.length * count)
  featureNames.forEach((name, at) => {
    features.set(numbers[name]!, at * count)
  })
  const k = model.classes.length
  const probabilities = new Float32Array(count * k)
  model.classes.forEach((name, at) => {
    const column = numbers[probabilityColumn(name)]!
    for (let row = 0; row < count; row++) probabilities[row * k + at] = column[row]!
  })
  const [classes, formats] = [texts[CLASS]!, texts[FORMAT]!]
  const places = classes.names.map((name) => Math.max(0, model.classes.indexOf(name)))
  return {
    ...{ model, count, featureNames, features, probabilities },
    ids: idsOf(texts[ID]!, count),
    times: times[TIME]!,
    latencies: Float32Array.from(numbers[LATENCY]!),
    predicted: Uint16Array.from(classes.codes, (code) => places[code]!),
    confidences: Float32Array.from(numbers[CONFIDENCE]!),
    widths: Uint32Array.from(numbers[WIDTH]!),
    heights: Uint32Array.from(numbers[HEIGHT]!),
    formatNames: formats.names,
    formats: Uint8Array.from(formats.codes),
  }
}

function idsOf({ names, codes }: TextColumn, count: number): Uint8Array {
  const ids = Buffer.alloc(count * 16)
  codes.forEach((code, row) => {
    ids.write(names[code]!.replaceAll('-', ''), row * 16, 16, 'hex')
  })
  return ids
}
