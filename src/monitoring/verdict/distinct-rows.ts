import { type DriftRows, takeRows } from './drift-rows.ts'

/** A reference with more repeated rows than this has columns in which rows repeat by nature. */
const NATURAL_SHARE = 0.005

/** The first of each set of equal rows, in their order. */
function distinctPlaces(rows: DriftRows): Int32Array {
  const columns = Object.values(rows.features)
  const { probabilities, confidences, predicted } = rows
  const width = probabilities === undefined ? 0 : (rows.classes?.length ?? 0)
  const hash = rowHash()
  const seen = new Set<number>()
  const places: number[] = []
  for (let row = 0; row < rows.count; row++) {
    hash.start()
    for (const column of columns) hash.add(column[row]!)
    for (let k = 0; k < width; k++) hash.add(probabilities![row * width + k]!)
    if (confidences !== undefined) hash.add(confidences[row]!)
    if (predicted !== undefined) hash.add(predicted[row]!)
    const key = hash.value()
    if (seen.has(key)) continue
    seen.add(key)
    places.push(row)
  }
  return Int32Array.from(places)
}

export function repeatsByNature(reference: DriftRows): boolean {
  return 1 - distinctPlaces(reference).length / reference.count > NATURAL_SHARE
}

/** The window without repeated rows: the same image sent again tells nothing new. */
export function withoutRepeats(window: DriftRows): DriftRows {
  const places = distinctPlaces(window)
  return places.length === window.count ? window : takeRows(window, places)
}

/** 52 bits of the bits of doubles: among a million rows two different ones hardly ever agree. */
function rowHash() {
  const double = new Float64Array(1)
  const words = new Uint32Array(double.buffer)
  let [a, b] = [0, 0]
  return {
    start: () => {
      ;[a, b] = [0x811c9dc5, 0x9747b28c]
    },
    add: (value: number) => {
      double[0] = value
      for (const word of words) {
        a = Math.imul(a ^ word, 0x01000193)
        a ^= a >>> 15
        b = Math.imul(b ^ word, 0x5bd1e995)
        b ^= b >>> 13
      }
    },
    value: () => (a >>> 0) * 2 ** 20 + (b >>> 12),
  }
}
