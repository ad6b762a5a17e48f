import { type DriftRows, takeRows } from './drift-rows.ts'

/** A reference with more repeated rows than this has columns in which rows repeat by nature. */
const NATURAL_SHARE = 0.005

/** The first of each set of equal rows, in their order. */
function distinctPlaces(rows: DriftRows): Int32Array {
  const columns = Object.values(rows.features)
  const { probabilities, confidences, predicted } = rows
  const width = probabilities === undefined ? 0 : (rows.classes?.length ?? 0)
  const hash = rowHash()
  const seen = hashSet(rows.count)
  const places = new Int32Array(rows.count)
  let distinct = 0
  for (let row = 0; row < rows.count; row++) {
    hash.start()
    for (const column of columns) hash.add(column[row]!)
    for (let k = 0; k < width; k++) hash.add(probabilities![row * width + k]!)
    if (confidences !== undefined) hash.add(confidences[row]!)
    if (predicted !== undefined) hash.add(predicted[row]!)
    if (seen.add(hash)) places[distinct++] = row
  }
  return places.subarray(0, distinct)
}

export function repeatsByNature(reference: DriftRows): boolean {
  return 1 - distinctPlaces(reference).length / reference.count > NATURAL_SHARE
}

/** The window without repeated rows: the same image sent again tells nothing new. */
export function withoutRepeats(window: DriftRows): DriftRows {
  const places = distinctPlaces(window)
  return places.length === window.count ? window : takeRows(window, places)
}

/** 64 bits of the bits of doubles: among a million rows two different ones hardly ever agree. */
interface RowHash {
  readonly high: number
  readonly low: number
}

function rowHash() {
  const double = new Float64Array(1)
  const words = new Uint32Array(double.buffer)
  return {
    high: 0,
    low: 0,
    start() {
      this.high = 0x811c9dc5
      this.low = 0x9747b28c
    },
    add(value: number) {
      double[0] = value
      let { high, low } = this
      for (let i = 0; i < words.length; i++) {
        high = Math.imul(high ^ words[i]!, 0x01000193)
        high ^= high >>> 15
        low = Math.imul(low ^ words[i]!, 0x5bd1e995)
        low ^= low >>> 13
      }
      this.high = high
      this.low = low
    },
  }
}

/** Room for so many hashes: a table of open addresses, as a Set would make an object of each. */
function hashSet(most: number): { add(hash: RowHash): boolean } {
  const size = 2 ** Math.ceil(Math.log2(2 * most + 1))
  const highs = new Int32Array(size)
  const lows = new Int32Array(size)
  const taken = new Uint8Array(size)
  return {
    /** False when it was there. */
    add: ({ high, low }) => {
      let at = low & (size - 1)
      for (; taken[at] === 1; at = (at + 1) & (size - 1)) {
        if (highs[at] === (high | 0) && lows[at] === (low | 0)) return false
      }
      taken[at] = 1
      highs[at] = high
      lows[at] = low
      return true
    },
  }
}
