import { AtelierError } from '../../core/index.ts'

/** What is known of `count` predictions, by column. The reference and the window of a comparison are both such rows. */
export interface DriftRows {
  readonly count: number
  /** [count] each; NaN where a row has none. */
  readonly features: Readonly<Record<string, Float64Array>>
  /** [count] */
  readonly confidences?: ArrayLike<number>
  /** [count]: index of the predicted class. */
  readonly predicted?: ArrayLike<number>
  /** [count, classes], row-major. */
  readonly probabilities?: ArrayLike<number>
  /** Names of the classes; wanted with `predicted` and `probabilities`. */
  readonly classes?: readonly string[]
}

/** Refuses columns whose length does not fit the count, and classes that have no name. */
export function checkRows(side: string, rows: DriftRows): void {
  const { count, features, confidences, predicted, probabilities, classes = [] } = rows
  const lengths: readonly (readonly [string, number | undefined, number])[] = [
    ...Object.entries(features).map(([name, { length }]) => [name, length, count] as const),
    ['confidences', confidences?.length, count],
    ['predicted classes', predicted?.length, count],
    ['probabilities', probabilities?.length, count * classes.length],
  ]
  for (const [name, got, wanted] of lengths) {
    if (got === undefined || got === wanted) continue
    throw invalid(`The ${side} has ${got} ${name}, wanted ${wanted} for ${count} rows`)
  }
  for (let row = 0; predicted !== undefined && row < count; row++) {
    if (classes[predicted[row]!] !== undefined) continue
    throw invalid(
      `Row ${row} of the ${side} is of class ${predicted[row]}, wanted 0 to ${classes.length - 1}`,
    )
  }
}

/** Both sides with the columns that both have, and what was left out for it. */
export function commonColumns(reference: DriftRows, window: DriftRows) {
  const both = [reference, window]
  const isShared = (name: string) => both.every(({ features }) => Object.hasOwn(features, name))
  const names = [...new Set(both.flatMap(({ features }) => Object.keys(features)))].sort()
  const hasClasses = JSON.stringify(reference.classes) === JSON.stringify(window.classes)
  const shared = {
    features: names.filter(isShared),
    confidences: both.every(({ confidences }) => confidences !== undefined),
    predicted: hasClasses && both.every(({ predicted }) => predicted !== undefined),
    probabilities: hasClasses && both.every(({ probabilities }) => probabilities !== undefined),
  }
  const left = (['confidences', 'predicted', 'probabilities'] as const).filter(
    (name) => !shared[name] && both.some((rows) => rows[name] !== undefined),
  )
  return {
    shared,
    missing: [...names.filter((name) => !isShared(name)), ...left],
    reference: only(reference, shared),
    window: only(window, shared),
  }
}

interface Shared {
  readonly features: readonly string[]
  readonly confidences: boolean
  readonly predicted: boolean
  readonly probabilities: boolean
}

function only(rows: DriftRows, shared: Shared): DriftRows {
  const { count, features, confidences, predicted, probabilities, classes } = rows
  return {
    count,
    features: Object.fromEntries(shared.features.map((name) => [name, features[name]!])),
    ...(shared.confidences && confidences && { confidences }),
    ...(shared.predicted && predicted && { predicted }),
    ...(shared.probabilities && probabilities && { probabilities }),
    ...(classes && { classes }),
  }
}

/** The rows at these places. */
export function takeRows(rows: DriftRows, places: Int32Array): DriftRows {
  const take = (column: ArrayLike<number>) => Float64Array.from(places, (row) => column[row]!)
  const { features, confidences, predicted, probabilities, classes } = rows
  const width = classes?.length ?? 0
  return {
    count: places.length,
    features: Object.fromEntries(
      Object.entries(features).map(([name, column]) => [name, take(column)]),
    ),
    ...(confidences && { confidences: take(confidences) }),
    ...(predicted && { predicted: take(predicted) }),
    ...(probabilities && { probabilities: takeMatrix(probabilities, places, width) }),
    ...(classes && { classes }),
  }
}

function takeMatrix(matrix: ArrayLike<number>, places: Int32Array, width: number): Float64Array {
  const taken = new Float64Array(places.length * width)
  for (const [to, from] of places.entries()) {
    for (let k = 0; k < width; k++) taken[to * width + k] = matrix[from * width + k]!
  }
  return taken
}

function invalid(problem: string): AtelierError {
  return new AtelierError('DRIFT_INPUT', `${problem}.`, {
    hint: 'Compare predictions of the same model, with the same features.',
  })
}
