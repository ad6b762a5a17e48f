import type { DriftRows } from './drift-rows.ts'
import { type ClassedColumns, learnExpectations } from './expected-features.ts'

/** What a measure is of. `expected`: a feature beside what class and the other features let expect. */
export type MeasureKind = 'feature' | 'expected' | 'confidence' | 'probability' | 'class_mix'

export interface Measure {
  readonly name: string
  readonly kind: MeasureKind
}

/** A number of each row; NaN where there is none. */
export interface NumericMeasure extends Measure {
  readonly kind: Exclude<MeasureKind, 'class_mix'>
  readonly values: Float64Array
}

export interface RowMeasures {
  readonly numeric: readonly NumericMeasure[]
  readonly predicted: ArrayLike<number> | undefined
  readonly classNames: readonly string[]
}

/** The probabilities of more classes say little more. */
const MOST_PROBABILITIES = 32

/** How rows are measured, by the columns of the reference. */
export interface Measures {
  readonly reference: RowMeasures
  of(rows: DriftRows): RowMeasures
}

export function createMeasures(reference: DriftRows): Measures {
  const names = Object.keys(reference.features).sort()
  const classed = (rows: DriftRows): ClassedColumns => ({
    columns: [...names.map((name) => rows.features[name]!), ...confidencesOf(rows)],
    classes: rows.predicted,
  })
  const kinds = [...names.map((name) => ({ name, kind: 'feature' as const })), CONFIDENCE]
  const surprises = learnExpectations(classed(reference))
  const shown = widestProbabilities(reference)
  const measuresOf = (rows: DriftRows, expected: readonly Float64Array[]): RowMeasures => {
    const { columns } = classed(rows)
    // a single column has no others to be expected by, unless classes tell something
    const tells = columns.length > 1 || rows.predicted !== undefined
    return {
      numeric: [
        ...columns.map((values, j) => ({ ...kinds[j]!, values })),
        ...expected
          .filter(() => tells)
          .map((values, j) => ({ name: kinds[j]!.name, kind: 'expected' as const, values })),
        ...shown.map((k) => probability(rows, k)),
      ],
      predicted: rows.predicted,
      classNames: rows.classes ?? [],
    }
  }
  return {
    reference: measuresOf(reference, surprises.reference),
    of: (rows) => measuresOf(rows, surprises.of(classed(rows))),
  }
}

const CONFIDENCE = { name: 'confidence', kind: 'confidence' } as const

function confidencesOf({ confidences }: DriftRows): Float64Array[] {
  return confidences === undefined ? [] : [Float64Array.from(confidences)]
}

function probability({ count, probabilities, classes }: DriftRows, k: number): NumericMeasure {
  const width = classes!.length
  const values = Float64Array.from({ length: count }, (_, row) => probabilities![row * width + k]!)
  return { name: classes![k]!, kind: 'probability', values }
}

/** The classes whose probabilities differ most between rows. */
function widestProbabilities(reference: DriftRows): number[] {
  if (reference.probabilities === undefined) return []
  const all = reference.classes!.map((_, k) => {
    const { values } = probability(reference, k)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return { k, spread: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) }
  })
  all.sort((a, b) => b.spread - a.spread)
  return all
    .slice(0, MOST_PROBABILITIES)
    .map(({ k }) => k)
    .sort((a, b) => a - b)
}
