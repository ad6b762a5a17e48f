import { symmetricEigen } from '../statistics/symmetric-eigen.ts'

/** Columns of numbers, with the class of each row where classes are known. */
export interface ClassedColumns {
  readonly columns: readonly Float64Array[]
  readonly classes: ArrayLike<number> | undefined
}

/** Per column, how far each value is from what the row's class and other columns let expect; NaN if a column is. */
export interface Surprises {
  /** Of the reference's own rows, each by what the other rows teach. */
  readonly reference: readonly Float64Array[]
  of(rows: ClassedColumns): Float64Array[]
}

/** The reference is judged in so many parts. */
const FOLDS = 5
/** So many rows at the common mean are mixed into the mean of every class. */
const SHRINKAGE = 20
/** Added to variances of about 1, so that columns that say the same do no harm. */
const RIDGE = 1e-3
const LEAST_DEVIATION = 1e-9

/**
 * Learns from the reference how its columns hang together: the mean of each within each class, and
 * their joint covariance around it. A value's surprise is its distance from the linear prediction by
 * all others, in standard deviations of that distance. A little noise leaves the sharpness of an
 * image within the range that images have, but far from what its class, contrast and edges tell.
 */
export function learnExpectations(reference: ClassedColumns): Surprises {
  const rows = reference.columns[0]?.length ?? 0
  const surprises = reference.columns.map(() => new Float64Array(rows))
  for (let fold = 0; fold < FOLDS; fold++) {
    const isInside = (row: number) => row % FOLDS === fold
    const inside = Int32Array.from({ length: rows }, (_, row) => row).filter(isInside)
    const others = learn(pick(reference, (row) => !isInside(row)))
    for (const [j, values] of others(pick(reference, isInside)).entries()) {
      for (const [i, value] of values.entries()) surprises[j]![inside[i]!] = value
    }
  }
  return { reference: surprises, of: learn(reference) }
}

function pick(
  { columns, classes }: ClassedColumns,
  isWanted: (row: number) => boolean,
): ClassedColumns {
  return {
    columns: columns.map((column) => column.filter((_, row) => isWanted(row))),
    classes: classes && Array.from(classes).filter((_, row) => isWanted(row)),
  }
}

function learn(reference: ClassedColumns): Surprises['of'] {
  const standard = standardizer(reference.columns)
  const center = classCenters(standard(reference.columns), reference.classes)
  const residualsOf = ({ columns, classes }: ClassedColumns) => center(standard(columns), classes)
  const precision = inverseCovariance(residualsOf(reference))
  return (rows) => {
    const residuals = residualsOf(rows)
    return residuals.map((_, j) =>
      weightedSum(residuals, precision[j]!, Math.sqrt(precision[j]![j]!)),
    )
  }
}

type Columns = readonly Float64Array[]

/** To mean 0 and deviation 1 of the reference. */
function standardizer(reference: Columns): (columns: Columns) => Float64Array[] {
  const scales = reference.map((column) => {
    const present = column.filter(Number.isFinite)
    const mean = present.reduce((sum, value) => sum + value, 0) / present.length
    const square = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / present.length
    const deviation = Math.sqrt(square)
    return { mean, deviation: deviation > LEAST_DEVIATION ? deviation : 1 }
  })
  return (columns) =>
    columns.map((column, j) => {
      const { mean, deviation } = scales[j]!
      return column.map((value) => (value - mean) / deviation)
    })
}

/** Takes from each value the mean of its class; the whole mean is 0. */
function classCenters(reference: Columns, classes: ArrayLike<number> | undefined) {
  const centers = reference.map((column) => {
    const sums = new Map<number, { sum: number; rows: number }>()
    for (const [row, value] of column.entries()) {
      if (classes === undefined || !Number.isFinite(value)) continue
      const of = sums.get(classes[row]!) ?? { sum: 0, rows: 0 }
      of.sum += value
      of.rows++
      sums.set(classes[row]!, of)
    }
    return new Map([...sums].map(([key, { sum, rows }]) => [key, sum / (rows + SHRINKAGE)]))
  })
  return (columns: Columns, of: ArrayLike<number> | undefined): Float64Array[] =>
    columns.map((column, j) => {
      if (of === undefined) return column.slice()
      return column.map((value, row) => value - (centers[j]!.get(of[row]!) ?? 0))
    })
}

/** One row of the inverse for each column. */
function inverseCovariance(columns: Columns): Float64Array[] {
  const size = columns.length
  const matrix = new Float64Array(size * size)
  let rows = 0
  const row = new Float64Array(size)
  for (let i = 0; i < (columns[0]?.length ?? 0); i++) {
    for (let j = 0; j < size; j++) row[j] = columns[j]![i]!
    if (!row.every(Number.isFinite)) continue
    rows++
    for (let j = 0; j < size; j++) {
      for (let k = 0; k < size; k++) matrix[j * size + k]! += row[j]! * row[k]!
    }
  }
  for (let i = 0; i < matrix.length; i++) matrix[i]! /= Math.max(1, rows)
  for (let j = 0; j < size; j++) matrix[j * (size + 1)]! += RIDGE
  const { values, vectors } = symmetricEigen(matrix, size)
  return columns.map((_, j) =>
    Float64Array.from({ length: size }, (_unused, k) =>
      values.reduce(
        (sum, value, e) => sum + (vectors[j * size + e]! * vectors[k * size + e]!) / value,
        0,
      ),
    ),
  )
}

function weightedSum(columns: Columns, weights: Float64Array, scale: number): Float64Array {
  const sums = new Float64Array(columns[0]!.length)
  for (const [j, column] of columns.entries()) {
    const weight = weights[j]! / scale
    for (let row = 0; row < sums.length; row++) sums[row]! += weight * column[row]!
  }
  return sums
}
