import { countClasses } from './class-mix.ts'
import type { RowMeasures } from './measures.ts'
import { type QuantileBins, quantileBins } from './quantile-bins.ts'

/** The code of a row that has no value. */
const MISSING = 0xffff

/** The reference as every comparison needs it: each value's bin, and how many rows each bin has. */
export interface CodedReference {
  readonly count: number
  readonly bins: readonly QuantileBins[]
  /** [count, measures], row-major: the bin of each value. */
  readonly codes: Uint16Array
  readonly histograms: readonly Histogram[]
  readonly predicted: ArrayLike<number> | undefined
  readonly classCounts: Float64Array
}

export interface Histogram {
  readonly counts: Float64Array
  /** The share of rows up to and with each bin. */
  readonly shares: Float64Array
  /** Rows that have a value. */
  readonly present: number
}

export function codeReference(measures: RowMeasures, count: number): CodedReference {
  const { numeric, predicted, classNames } = measures
  const bins = numeric.map(({ values }) => quantileBins(values))
  const codes = new Uint16Array(count * bins.length)
  for (const [j, { values }] of numeric.entries()) {
    for (let row = 0; row < count; row++) {
      const value = values[row]!
      codes[row * bins.length + j] = Number.isFinite(value) ? bins[j]!.place(value) : MISSING
    }
  }
  const histograms = numeric.map(({ values }, j) => histogramOf(values, bins[j]!))
  return {
    count,
    bins,
    codes,
    histograms,
    predicted,
    classCounts: predicted ? countClasses(predicted, classNames.length) : new Float64Array(0),
  }
}

export function histogramOf(values: Float64Array, bins: QuantileBins): Histogram {
  const counts = new Float64Array(bins.count)
  let present = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    counts[bins.place(value)]!++
    present++
  }
  return { counts, shares: cumulated(counts, present), present }
}

function cumulated(counts: Float64Array, present: number): Float64Array {
  let sum = 0
  return counts.map((count) => {
    sum += count
    return sum / present
  })
}

/** The largest distance between the shares of rows up to any edge; `counts` hold `present` rows. */
export function largestGap({ shares }: Histogram, counts: Float64Array, present: number): number {
  const scale = 1 / present
  let [sum, largest] = [0, 0]
  for (let bin = 0; bin < counts.length; bin++) {
    sum += counts[bin]!
    const gap = sum * scale - shares[bin]!
    if (gap > largest) largest = gap
    else if (-gap > largest) largest = -gap
  }
  return largest
}

/** Adds rows of the reference to histograms of the same measures; gives the values present of each. */
export function addRows(
  { codes, bins }: CodedReference,
  places: Int32Array,
  histograms: readonly Float64Array[],
): Float64Array {
  const width = bins.length
  const present = new Float64Array(width)
  for (const row of places) {
    for (let j = 0; j < width; j++) {
      const code = codes[row * width + j]!
      if (code === MISSING) continue
      histograms[j]![code]!++
      present[j]!++
    }
  }
  return present
}
