/** scikit-learn's scores of one class, or an average of them; a share of nothing counts as 0. */
export interface Scores {
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** Images whose true class this is. */
  readonly support: number
}

export interface Confusion {
  readonly actual: number
  readonly predicted: number
  readonly count: number
  /** Of the images of the true class. */
  readonly share: number
}

/** Counts, [true class][predicted class]. */
export type ConfusionMatrix = readonly (readonly number[])[]

export function confusionMatrix(
  labels: Int32Array,
  predicted: Int32Array,
  classes: number,
): ConfusionMatrix {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < labels.length; i++) matrix[labels[i]!]![predicted[i]!]!++
  return matrix
}

/** Precision, recall, F1 and support of each class. */
export function scoresPerClass(matrix: ConfusionMatrix): Scores[] {
  return matrix.map((row, k) => {
    const hits = row[k]!
    const support = total(row)
    const predicted = total(matrix.map((other) => other[k]!))
    return {
      precision: ratio(hits, predicted),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, support + predicted),
      support,
    }
  })
}

/** Every class counts the same, those without images too. */
export function macroAverage(scores: readonly Scores[]): Scores {
  return average(scores, () => 1)
}

/** Every image counts the same. */
export function weightedAverage(scores: readonly Scores[]): Scores {
  return average(scores, ({ support }) => support)
}

/** The most frequent mistakes, most frequent first; equal counts in class order. */
export function topConfusions(matrix: ConfusionMatrix, limit: number): Confusion[] {
  const mistakes = matrix.flatMap((row, actual) =>
    row
      .map((count, predicted) => ({ actual, predicted, count, share: ratio(count, total(row)) }))
      .filter(({ predicted, count }) => predicted !== actual && count > 0),
  )
  return mistakes.sort((a, b) => b.count - a.count).slice(0, limit)
}

function average(scores: readonly Scores[], weightOf: (scores: Scores) => number): Scores {
  const weights = scores.map(weightOf)
  const mean = (key: 'precision' | 'recall' | 'f1') =>
    total(scores.map((each, k) => each[key] * weights[k]!)) / total(weights)
  return {
    precision: mean('precision'),
    recall: mean('recall'),
    f1: mean('f1'),
    support: total(scores.map(({ support }) => support)),
  }
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
